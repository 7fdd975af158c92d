import { badRequest } from '../http/fault.ts';
import type { QueryBag } from '../http/query.ts';
import type { ImageRecord } from '../record.ts';

const sortKeys = [
  'name',
  'status',
  'container_format',
  'disk_format',
  'size',
  'id',
  'created_at',
  'updated_at',
] as const;
type SortKey = (typeof sortKeys)[number];

export interface SortRule {
  readonly key: SortKey;
  readonly descending: boolean;
}

function keyOf(text: string): SortKey {
  const key = sortKeys.find((name) => name === text);
  if (key !== undefined) return key;
  throw badRequest(
    `Invalid sort key: ${text}. It must be one of the following: ${sortKeys.join(', ')}.`,
  );
}

function isDescending(text: string): boolean {
  if (text !== 'asc' && text !== 'desc') throw badRequest(`Invalid sort direction: ${text}`);
  return text === 'desc';
}

function requested(bag: QueryBag): SortRule[] {
  const rule = bag.take('sort');
  if (rule !== undefined) {
    if (bag.has('sort_key') || bag.has('sort_dir')) {
      throw badRequest('Old and new sorting syntax cannot be combined');
    }
    return rule
      .trim()
      .split(',')
      .map((part) => {
        const [key = '', ...rest] = part.split(':');
        const direction = rest.join(':');
        return {
          key: keyOf(key.trim()),
          descending: direction === '' || isDescending(direction.trim()),
        };
      });
  }
  const keys = bag.takeAll('sort_key').map((key) => keyOf(key.trim()));
  const directions = bag.takeAll('sort_dir').map((direction) => isDescending(direction.trim()));
  if (directions.length > 1 && directions.length !== keys.length) {
    throw badRequest('Number of sort dirs does not match the number of sort keys');
  }
  if (keys.length === 0) keys.push('created_at');
  return keys.map((key, index) => ({
    key,
    descending: directions[index] ?? directions[0] ?? true,
  }));
}

/**
 * Takes the sort parameters, classic or new, and completes them to a total order: creation and id decide
 * ties, in the direction of a single rule, else descending.
 * @throws Fault 400
 */
export function takeSort(bag: QueryBag): SortRule[] {
  const rules = requested(bag);
  const first = rules[0];
  const descending = rules.length === 1 && first !== undefined ? first.descending : true;
  for (const key of ['created_at', 'id'] as const) {
    if (!rules.some((rule) => rule.key === key)) rules.push({ key, descending });
  }
  return rules;
}

function compareValues(left: string | number | null, right: string | number | null): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  return left < right ? -1 : 1;
}

/** Orders two images; nothing comes before any value. */
export function compareImages(rules: readonly SortRule[], a: ImageRecord, b: ImageRecord): number {
  for (const { key, descending } of rules) {
    const order = compareValues(a[key], b[key]);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

/** Whether this is the order in which the index already is, read from its end. */
export function isNewestFirst(rules: readonly SortRule[]): boolean {
  return rules[0]?.key === 'created_at' && rules[0].descending;
}
