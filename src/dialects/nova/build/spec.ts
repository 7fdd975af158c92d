import { type Fault, fault, isFault } from '../../../core/fault.ts';
import {
  type ImageSpec,
  isObject,
  isText,
  readSpec,
  unknownKey,
} from '../../../core/image-spec.ts';
import { type Items, readItems } from '../metadata.ts';

/** What is to be built. */
export interface BuildRequest {
  readonly name: string;
  readonly metadata: Items;
  readonly spec: ImageSpec;
}

const imageKeys: ReadonlySet<string> = new Set(['name', 'metadata', 'imageSpec']);

const bad = (sentence: string): Fault => fault('bad-request', sentence);

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
