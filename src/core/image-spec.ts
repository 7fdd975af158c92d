import { specFields } from '../../mappings/build.ts';
import { type Fault, fault } from './fault.ts';

/** What a client wants built, as it said it (`imageSpec`). */
export interface ImageSpec {
  readonly osName: string;
  readonly osVersion?: string;
  readonly osArch?: string;
  readonly installScript?: string;
  readonly installSource?: Readonly<Record<string, string>>;
}

const longestText = 255;
const known: ReadonlySet<string> = new Set(specFields.map((field) => field.name));

const bad = (sentence: string): Fault => fault('bad-request', sentence);

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fault for a member that is not in `names`. */
export function unknownKey(value: object, names: ReadonlySet<string>): Fault | undefined {
  const extra = Object.keys(value).find((key) => !names.has(key));
  if (extra === undefined) return undefined;
  return bad(`Invalid input. Additional properties are not allowed ('${extra}' was unexpected).`);
}

/** Text of 1 to 255 characters. */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  value.isWellFormed() &&
  [...value].length <= longestText;

function fits(kind: (typeof specFields)[number]['kind'], value: unknown): boolean {
  if (kind === 'text') return isText(value);
  if (kind === 'script') return typeof value === 'string' && value.isWellFormed();
  return (
    isObject(value) &&
    Object.values(value).every((each) => typeof each === 'string' && each.isWellFormed())
  );
}

/** What of a value can be part of an `imageSpec`, its script apart. */
export function soundPart(value: unknown): Partial<ImageSpec> {
  if (!isObject(value)) return {};
  const sound = specFields.filter(({ name, kind }) => kind !== 'script' && fits(kind, value[name]));
  return Object.fromEntries(sound.map(({ name }) => [name, value[name]]));
}

/** Reads an `imageSpec`; unknown keys are left out, or refused where `strict`. Faults: `bad-request`. */
export function readSpec(value: unknown, strict: boolean): ImageSpec | Fault {
  if (!isObject(value)) return bad("Invalid input. 'imageSpec' must be an object.");
  const extra = strict ? unknownKey(value, known) : undefined;
  if (extra) return extra;
  const spec: Record<string, unknown> = {};
  for (const { name, kind, required } of specFields) {
    const given = value[name];
    if (given === undefined) {
      if (required) return bad(`Invalid input. '${name}' is a required property.`);
      continue;
    }
    if (!fits(kind, given)) return bad(`Invalid input for field/attribute ${name}.`);
    spec[name] = given;
  }
  return spec as unknown as ImageSpec;
}
