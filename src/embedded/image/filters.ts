import { badRequest } from '../http/fault.ts';
import type { QueryBag } from '../http/query.ts';
import type { ImageRecord } from '../record.ts';
import { textTest, timeTest } from './filter-operators.ts';

export type ImageTest = (image: ImageRecord) => boolean;

const operatorFields = ['name', 'id', 'status', 'container_format', 'disk_format'] as const;
const timeFields = ['created_at', 'updated_at'] as const;
const numberFields = ['size', 'virtual_size', 'min_ram', 'min_disk'] as const;
const plainFields = ['checksum', 'os_hash_algo', 'os_hash_value', 'owner', 'visibility'] as const;
/** Names of Glance's own that no image can be found by. */
const unfilterable = new Set(['properties', 'locations', 'members', 'changes-since']);

function oneOf<T extends string>(names: readonly T[], name: string): T | undefined {
  return names.find((candidate) => candidate === name);
}

function booleanTest(bag: QueryBag, name: 'os_hidden' | 'protected', absent?: string): ImageTest[] {
  const given = bag.get(name);
  bag.takeAll(name);
  if (given === undefined && absent === undefined) return [];
  const text = (name === 'os_hidden' ? given?.toLowerCase() : given) ?? absent;
  if (text !== 'true' && text !== 'false') {
    throw badRequest(
      `Invalid value '${text}' for '${name}' filter. Valid values are 'true' or 'false'.`,
    );
  }
  return [(image) => image[name] === (text === 'true')];
}

function tagTests(bag: QueryBag): ImageTest[] {
  const tags = bag.takeAll('tag').map((tag) => tag.trim());
  const letters = Array.from(bag.takeAll('tags').at(-1) ?? '');
  // `tags=abc` is read as three tags of one letter each, by Glance too.
  return (tags.length > 0 ? tags : letters).map((tag) => (image) => image.tags.includes(tag));
}

function rangeTest(name: string, value: string): ImageTest {
  const field = oneOf(numberFields, name.slice(0, -4));
  if (!/^\s*[+-]?\d+\s*$/.test(value)) {
    throw badRequest('Unable to filter on a range with a non-numeric value.');
  }
  if (field === undefined) throw badRequest(`Unable to filter on a range of '${name}'.`);
  const limit = Number(value);
  const isMinimum = name.endsWith('_min');
  return (image) => {
    const size = image[field];
    return size !== null && (isMinimum ? size >= limit : size <= limit);
  };
}

function fieldTest(name: string, value: string): ImageTest {
  if (name.endsWith('_min') || name.endsWith('_max')) return rangeTest(name, value);
  const time = oneOf(timeFields, name);
  if (time !== undefined) {
    const test = timeTest(time, value);
    return (image) => test(Math.floor(image[time] / 1_000_000));
  }
  const text = oneOf(operatorFields, name);
  if (text !== undefined) {
    const test = textTest(value);
    return (image) => test(image[text]);
  }
  const number = oneOf(numberFields, name);
  if (number !== undefined) {
    return (image) => value.trim() !== '' && image[number] === Number(value);
  }
  const plain = oneOf(plainFields, name);
  if (plain !== undefined) return (image) => image[plain] === value;
  if (unfilterable.has(name)) throw badRequest(`Unable to filter on '${name}'.`);
  return (image) => image.properties.get(name) === value;
}

/** Takes `visibility`; `undefined` when the list is not narrowed by it. @throws Fault 400 */
export function takeVisibility(bag: QueryBag): string | undefined {
  const last = bag.get('visibility');
  const known = ['community', 'public', 'private', 'shared', 'all'];
  if (last !== undefined && last !== '' && !known.includes(last)) {
    throw badRequest(`Invalid visibility value: ${last}`);
  }
  return bag.take('visibility');
}

/** Turns what is left of the query into tests that an image must pass all of. @throws Fault 400 */
export function takeFilters(bag: QueryBag): ImageTest[] {
  if ((bag.get('changes-since') ?? '') !== '') {
    throw badRequest('The "changes-since" filter is no longer available on v2.');
  }
  const tests = [
    ...booleanTest(bag, 'os_hidden', 'false'),
    ...booleanTest(bag, 'protected'),
    ...tagTests(bag),
  ];
  bag.takeAll('deleted');
  for (const [name, value] of bag.rest()) tests.push(fieldTest(name, value));
  return tests;
}
