import { properties } from '../../mappings/starlingx.ts';
import { type Fault, fault, isFault } from './fault.ts';
import { type PatchStep, pointerTo } from './patch.ts';

/** `native`: as StarlingX's own Glance; `strict`: as its document says; `off`: no rules. */
export type RuleMode = 'off' | 'native' | 'strict';

type Row = (typeof properties)[number];

/** What rules say of values: a fault, or those that are stored in another form. */
export type Verdict = Fault | ReadonlyMap<string, string>;

/** Rules for properties with a meaning of their own, the same through every door. */
export interface PropertyRules {
  /** Judges values that are to be stored, by property name; what is no text is left to Glance. */
  readonly judge: (values: ReadonlyMap<string, unknown>) => Verdict;
  /** The same for a patch: of several steps on one property the last value counts; removals of what is read-only are refused. */
  readonly judgePatch: (steps: readonly PatchStep[]) => Verdict;
  /** Everything wrong with values that are stored already, by property. */
  readonly faultsIn: (
    values: ReadonlyMap<string, unknown>,
  ) => readonly (readonly [property: string, fault: Fault])[];
  /** Whether a property is not for clients to write or take away. */
  readonly isReadOnly: (name: string) => boolean;
}

const none: ReadonlyMap<string, string> = new Map();
const integer = /^\s*[+-]?[0-9]+\s*$/;

function refused(row: Row, value: string): Fault {
  const sentence = 'error' in row ? row.error : `${row.property} is not valid, value:`;
  return fault('bad-request', `${sentence} ${value}`);
}

function judgeInteger(row: Row, text: string): Fault | undefined {
  if (!integer.test(text)) return refused(row, text);
  const number = BigInt(text.trim().replace(/^\+/, ''));
  const min = 'min' in row ? row.min : undefined;
  const max = 'max' in row ? row.max : undefined;
  const inRange = (min === undefined || number >= min) && (max === undefined || number <= max);
  const isZero = 'zero' in row && row.zero && number === 0n;
  return inRange || isZero ? undefined : refused(row, number.toString());
}

/** One value: a fault, its canonical form, or nothing to say. */
function judgeValue(row: Row, text: string): Fault | string | undefined {
  if (text === '') return undefined;
  if (row.kind === 'integer') return judgeInteger(row, text);
  if (row.kind === 'text') return undefined;
  const word = text.toLowerCase();
  if (word !== 'true' && word !== 'false') return refused(row, text);
  return word === 'true' ? 'True' : 'False';
}

/** Compiles the rules of a mode; `undefined` where there are none. */
export function createPropertyRules(mode: RuleMode): PropertyRules | undefined {
  if (mode === 'off') return undefined;
  const rows = properties.filter((row) => row.checked === 'always' || mode === 'strict');
  const readOnly = new Set<string>(
    rows.filter((row) => row.writer === 'server').map((row) => row.property),
  );
  const names = new Map<string, Row>(rows.map((row) => [pointerTo(row.property), row]));

  const judge = (values: ReadonlyMap<string, unknown>): Verdict => {
    let changed: Map<string, string> | undefined;
    for (const row of rows) {
      const value = values.get(row.property);
      if (value === undefined) continue;
      if (readOnly.has(row.property)) {
        return fault('forbidden', `Attribute '${row.property}' is read-only.`);
      }
      if (typeof value !== 'string') continue;
      const verdict = judgeValue(row, value);
      if (isFault(verdict)) return verdict;
      if (verdict !== undefined && verdict !== value) {
        changed ??= new Map();
        changed.set(row.property, verdict);
      }
    }
    return changed ?? none;
  };

  const judgePatch = (steps: readonly PatchStep[]): Verdict => {
    const values = new Map<string, unknown>();
    for (const step of steps) {
      const row = names.get(step.path);
      if (!row) continue;
      if (step.op !== 'remove') values.set(row.property, step.value);
      else if (readOnly.has(row.property)) {
        return fault('forbidden', `Attribute '${row.property}' is read-only.`);
      }
    }
    return judge(values);
  };

  const faultsIn: PropertyRules['faultsIn'] = (values) =>
    rows.flatMap((row) => {
      const value = values.get(row.property);
      const verdict = typeof value === 'string' ? judgeValue(row, value) : undefined;
      return isFault(verdict) ? [[row.property, verdict] as const] : [];
    });

  return { judge, judgePatch, faultsIn, isReadOnly: (name) => readOnly.has(name) };
}
