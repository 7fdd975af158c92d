import { reservedPropertyPrefix } from '../../../mappings/glance-image.ts';
import { badRequest } from '../http/fault.ts';
import type { ImageRecord } from '../record.ts';

/** Refused when an image is created. */
export const shownOnly: readonly string[] = ['direct_url', 'self', 'file', 'schema', 'stores'];

/** Read-only in a patch, where `stores` is a property like others. */
export const readOnly: ReadonlySet<string> = new Set([
  ...shownOnly.filter((name) => name !== 'stores'),
  'created_at',
  'updated_at',
  'status',
  'checksum',
  'size',
  'virtual_size',
  'id',
  'os_hash_algo',
  'os_hash_value',
]);

const reserved: ReadonlySet<string> = new Set(['location', 'deleted', 'deleted_at']);

/** Glance reserves the prefix without its last underscore. */
const reservedStart = reservedPropertyPrefix.slice(0, -1);

export function isReserved(name: string): boolean {
  return reserved.has(name) || name.startsWith(reservedStart);
}

/** Properties that count against the quota: not Glance's own. */
export function countedProperties(image: ImageRecord): number {
  let count = 0;
  for (const name of image.properties.keys()) if (!name.startsWith(reservedStart)) count += 1;
  return count;
}

/** Also half of a pair, which is no character at all. */
const beyondBasicPlane = /[\u{10000}-\u{10ffff}\u{d800}-\u{dfff}]/u;

function titleCase(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => word[0]?.toUpperCase() + word.slice(1).toLowerCase());
}

/**
 * Text that Glance's database takes, and numbers that it can hold.
 * @throws Fault 400
 */
export function checkStorable(image: ImageRecord): void {
  const texts: [string, string | null][] = [
    ['name', image.name],
    ['owner', image.owner],
  ];
  for (const [name, value] of [...texts, ...image.properties]) {
    if (beyondBasicPlane.test(name))
      throw badRequest("Property names can't contain 4 byte unicode.");
    if (value !== null && beyondBasicPlane.test(value)) {
      throw badRequest(`${titleCase(name)} can't contain 4 byte unicode characters.`);
    }
  }
  for (const name of ['min_disk', 'min_ram'] as const) {
    if (image[name] > 2 ** 31 - 1) {
      throw badRequest(`'${name}' value out of range, must not exceed 2147483647.`);
    }
  }
  checkTagsStorable(image.tags);
}

/** @throws Fault 400 */
export function checkTagsStorable(tags: readonly string[]): void {
  if (tags.some((tag) => beyondBasicPlane.test(tag))) {
    throw badRequest("Param values can't contain 4 byte unicode.");
  }
}

/** @throws Fault 400 */
export function checkNotNegative(name: string, value: number): void {
  if (value < 0) {
    throw badRequest(
      `Invalid value '${value}' for parameter '${name}': Cannot be a negative value`,
    );
  }
}
