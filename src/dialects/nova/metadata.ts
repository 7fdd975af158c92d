import { reservedPropertyPrefix } from '../../../mappings/glance-image.ts';
import { metadataRules, reservedKeys, skippedWhenNone } from '../../../mappings/nova.ts';
import { isBuildProperty } from '../../core/build-contract.ts';
import { type Fault, fault } from '../../core/fault.ts';
import type { Image } from '../../core/image.ts';
import type { Change } from '../../core/operation.ts';
import { nameAt, type PatchStep, removeProperty, setProperty } from '../../core/patch.ts';

/** Metadata as a client sends it. */
export type Items = Readonly<Record<string, string>>;

const keyForm = /^[a-zA-Z0-9\-_:. ]+$/;
const answers = new Map(reservedKeys.map((row) => [row.key, row.answer]));
const maybeNone: ReadonlySet<string> = new Set(skippedWhenNone);

export const limitExceeded = 'Image metadata limit exceeded';

const bad = (sentence: string): Fault => fault('bad-request', sentence);

/** Characters, not UTF-16 units. */
const lengthOf = (text: string): number => [...text].length;

function checkItem(key: string, value: unknown): Fault | undefined {
  const { longestKey, longestValue } = metadataRules;
  if (!keyForm.test(key) || key.length > longestKey) {
    return bad(
      `Invalid input for field/attribute metadata. '${key.slice(0, longestKey)}' is no valid key.`,
    );
  }
  if (
    typeof value !== 'string' ||
    !value.isWellFormed() ||
    (value.length > longestValue && lengthOf(value) > longestValue)
  ) {
    return bad(
      `Invalid input for field/attribute ${key}. Value must be a string of at most ${longestValue} characters.`,
    );
  }
  return undefined;
}

/** The items under `name` in a body. Faults: `bad-request`; another member at the top counts only where `strict`. */
export function readItems(
  body: unknown,
  name: 'metadata' | 'meta',
  strict: boolean,
): Items | Fault {
  const malformed = (): Fault => bad(`Invalid input for field/attribute ${name}.`);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return malformed();
  if (!Object.hasOwn(body, name)) return bad(`Invalid input. '${name}' is a required property.`);
  const extra = Object.keys(body).find((key) => key !== name);
  if (strict && extra !== undefined) {
    return bad(`Invalid input. Additional properties are not allowed ('${extra}' was unexpected).`);
  }
  const items: unknown = (body as Record<string, unknown>)[name];
  if (typeof items !== 'object' || items === null || Array.isArray(items)) return malformed();
  for (const [key, value] of Object.entries(items)) {
    const wrong = checkItem(key, value);
    if (wrong) return wrong;
  }
  return items as Items;
}

/** What becomes of a key that is not for clients; `undefined` for one that is. */
function answerTo(key: string): 'ignored' | 'forbidden' | 'bad-request' | undefined {
  if (isBuildProperty(key)) return 'bad-request';
  return answers.get(key) ?? (key.startsWith(reservedPropertyPrefix) ? 'forbidden' : undefined);
}

/** Names that count as metadata. */
const shownNames = ({ properties }: Image): string[] =>
  [...properties.keys()].filter((name) => !isBuildProperty(name));

/** Steps that store items, leaving out what is stored already and what Nova never stored. Faults: keys that Glance keeps for itself. */
function storingSteps(
  items: Items,
  { properties }: Pick<Image, 'properties'>,
): PatchStep[] | Fault {
  const steps: PatchStep[] = [];
  for (const [key, value] of Object.entries(items)) {
    if (properties.get(key) === value) continue;
    const answer = answerTo(key);
    if (answer === 'ignored') continue;
    if (answer) return fault(answer, `The metadata key ${key} is reserved.`);
    if (maybeNone.has(key) && /^(?:none)?$/i.test(value)) continue;
    steps.push(setProperty(key, value));
  }
  return steps;
}

function overLimit(count: number): Fault | undefined {
  return count > metadataRules.mostItems ? fault('forbidden', limitExceeded) : undefined;
}

/** POST of the set and PUT of an item: what is given is stored, the rest stays. */
export function mergeItems(items: Items) {
  return (present: Image): Change | Fault => {
    const names = Object.keys(items);
    const merged = new Set([...shownNames(present), ...names]);
    const steps = storingSteps(items, present);
    return (
      (names.length > 0 && overLimit(merged.size)) || (Array.isArray(steps) ? { steps } : steps)
    );
  };
}

/** PUT of the set: what is not given goes, except what Glance keeps for itself. */
export function replaceItems(items: Items) {
  return (present: Image): Change | Fault => {
    const tooMany = overLimit(Object.keys(items).length);
    if (tooMany) return tooMany;
    const steps = storingSteps(items, present);
    if (!Array.isArray(steps)) return steps;
    for (const name of shownNames(present)) {
      const stays = Object.hasOwn(items, name) || name.startsWith(reservedPropertyPrefix);
      if (!stays) steps.push(removeProperty(name));
    }
    return { steps };
  };
}

/** DELETE of an item. Fault: `not-found` when the image has no such key. */
export function removeItem(key: string) {
  return ({ properties }: Image): Change | Fault =>
    properties.has(key) && !isBuildProperty(key)
      ? { steps: [removeProperty(key)] }
      : fault('not-found', 'Invalid metadata key');
}

/** Items as the properties of a new image. Faults: as for storing them in one that is there. */
export function storedItems(items: Items): ReadonlyMap<string, string> | Fault {
  const tooMany = overLimit(Object.keys(items).length);
  if (tooMany) return tooMany;
  const steps = storingSteps(items, { properties: new Map() });
  if (!Array.isArray(steps)) return steps;
  return new Map(
    steps.flatMap((step) =>
      step.op === 'remove' ? [] : [[nameAt(step.path), String(step.value)] as const],
    ),
  );
}
