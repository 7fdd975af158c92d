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

/** Nova's `name`: printable characters of the basic plane, no blank at either end. */
const nameForm = /^(?!\p{Z})[^\p{C}\p{Zl}\p{Zp}\u{10000}-\u{10ffff}]+(?<!\p{Z})$/u;

function readName(value: unknown, strict: boolean): string | Fault {
  const name = typeof value === 'string' && !strict ? value.trim() : value;
  return isText(name) && nameForm.test(name)
    ? name
    : bad('Invalid input for field/attribute name.');
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
