import { specFields } from '../../../../mappings/build.ts';
import type { ImageSpec } from '../../../core/build-record.ts';
import { type Fault, fault, isFault } from '../../../core/fault.ts';
import { type Items, readItems } from '../metadata.ts';

/** What is to be built. */
export interface BuildRequest {
  readonly name: string;
  readonly metadata: Items;
  readonly spec: ImageSpec;
}

const longestText = 255;
const imageKeys: ReadonlySet<string> = new Set(['name', 'metadata', 'imageSpec']);
const specKeys: ReadonlySet<string> = new Set(specFields.map((field) => field.name));

const bad = (sentence: string): Fault => fault('bad-request', sentence);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function unknownKey(value: object, known: ReadonlySet<string>): Fault | undefined {
  const extra = Object.keys(value).find((key) => !known.has(key));
  if (extra === undefined) return undefined;
  return bad(`Invalid input. Additional properties are not allowed ('${extra}' was unexpected).`);
}

const isText = (value: unknown): value is string =>
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

function readSpec(value: unknown, strict: boolean): ImageSpec | Fault {
  if (!isObject(value)) return bad("Invalid input. 'imageSpec' must be an object.");
  const extra = strict ? unknownKey(value, specKeys) : undefined;
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

function readName(value: unknown, strict: boolean): string | Fault {
  const name = typeof value === 'string' && !strict ? value.trim() : value;
  if (!isText(name) || name.trim() === '') return bad('Invalid input for field/attribute name.');
  return name === name.trim() ? name : bad('Invalid input for field/attribute name.');
}

/**
 * Reads the body of `POST /images`. `strict`: unknown keys and blanks around the name are refused, as under /v2.1.
 * Faults: `bad-request`.
 */
export function readBuildRequest(body: unknown, strict: boolean): BuildRequest | Fault {
  if (!isObject(body) || !isObject(body['image'])) {
    return bad("Invalid input. 'image' is a required property.");
  }
  const { image } = body;
  const extra = strict
    ? (unknownKey(body, new Set(['image'])) ?? unknownKey(image, imageKeys))
    : undefined;
  if (extra) return extra;
  const name = readName(image['name'], strict);
  if (isFault(name)) return name;
  const metadata =
    image['metadata'] === undefined
      ? {}
      : readItems({ metadata: image['metadata'] }, 'metadata', true);
  if (isFault(metadata)) return metadata;
  const spec = readSpec(image['imageSpec'], strict);
  return isFault(spec) ? spec : { name, metadata, spec };
}
