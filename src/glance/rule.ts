import { type Fault, isFault } from '../core/fault.ts';
import type { Image } from '../core/image.ts';
import type { Change, Operation } from '../core/operation.ts';
import { type PatchStep, pointerTo } from '../core/patch.ts';
import type { PropertyRules } from '../core/property-rules.ts';

function canonicalSteps(
  steps: readonly PatchStep[],
  canonical: ReadonlyMap<string, string>,
  rules: PropertyRules,
): PatchStep[] {
  const values = new Map([...canonical].map(([name, value]) => [pointerTo(name), value]));
  return steps
    .filter((step) => step.op !== 'remove' || !rules.isReadOnly(step.path.slice(1)))
    .map((step) => {
      const value = step.op === 'remove' ? undefined : values.get(step.path);
      return value === undefined || step.op === 'remove' ? step : { ...step, value };
    });
}

/**
 * Applies the rules to an operation that writes properties, before anything is asked of Glance. The operation comes back
 * with canonical values, or as a fault.
 */
export function underRules(
  operation: Operation,
  rules: PropertyRules | undefined,
): Operation | Fault {
  if (!rules) return operation;
  if (operation.kind === 'create-image') {
    const { draft } = operation;
    const verdict = rules.judge(draft.properties);
    if (isFault(verdict) || verdict.size === 0) return isFault(verdict) ? verdict : operation;
    const properties = new Map([...draft.properties, ...verdict]);
    return { ...operation, draft: { ...draft, properties } };
  }
  if (operation.kind !== 'update-image' || !operation.properties) return operation;
  const verdict = rules.judge(operation.properties);
  if (isFault(verdict)) return verdict;
  const { change } = operation;
  return {
    ...operation,
    change: (present: Image): Change | Fault => {
      const changed = change(present);
      if (isFault(changed)) return changed;
      return { ...changed, steps: canonicalSteps(changed.steps, verdict, rules) };
    },
  };
}
