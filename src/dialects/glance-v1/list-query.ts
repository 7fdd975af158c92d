import {
  filters,
  listParameters,
  paging,
  sortKeys,
  statuses,
} from '../../../mappings/glance-v1.ts';
import type { FilterRow } from '../../../mappings/rows.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Caller } from '../../core/identity.ts';
import { type Image, isBaseField } from '../../core/image.ts';
import { formatGlanceTime, parseIsoTime } from '../../core/iso-time.ts';
import type { Selection } from '../../core/operation.ts';
import { storedName } from './property-names.ts';

/** What one filter adds to a selection. */
interface Sieve {
  readonly ask?: readonly [string, string];
  readonly keep?: (image: Image) => boolean;
  /** Nothing can match. */
  readonly nothing?: true;
}

const propertyPrefix = 'property-';
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const bad = (sentence: string): Fault => fault('bad-request', sentence);
const rows = new Map<string, FilterRow>(filters.map((row) => [row.param, row]));
const propertyRow = rows.get('property-*');
const listNames: ReadonlySet<string> = new Set(listParameters);
const sortNames = new Map<string, string>(sortKeys.map((row) => [row.legacy, row.v2]));

function nonNegative(name: string, text: string): number | Fault {
  const number = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return number >= 0 ? number : bad(`${name} must be an integer of at least 0.`);
}

function statusSieve(text: string): Sieve {
  const words = statuses.filter((row) => row.legacy === text).map((row) => row.v2);
  if (words.length === 0) return { nothing: true };
  return { ask: ['status', words.length === 1 ? `eq:${words[0]}` : `in:${words.join(',')}`] };
}

function publicSieve(text: string, caller: Caller | undefined): Sieve | Fault {
  const word = text.toLowerCase();
  if (!['true', 'false', 'none', '1', '0'].includes(word)) {
    return bad('is_public must be None, True, or False.');
  }
  if (!caller?.roles.includes('admin') || word === 'none') return {};
  const { projectId } = caller;
  if (word === 'true' || word === '1') {
    return { keep: ({ base }) => base.visibility === 'public' || base.owner === projectId };
  }
  return { keep: ({ base }) => base.visibility !== 'public' };
}

function propertySieve(name: string, text: string): Sieve {
  const stored = storedName(name);
  // Glance would take such a name for a parameter of its list, or an empty value for none
  const sifted = listNames.has(stored) || isBaseField(stored) || text === '';
  if (!sifted) return { ask: [stored, text] };
  return { keep: (image) => image.properties.get(stored) === text };
}

function sieve(
  row: FilterRow,
  param: string,
  text: string,
  caller: Caller | undefined,
): Sieve | Fault {
  const name = row.v2 ?? param;
  switch (row.codec) {
    case 'literal':
      return { ask: [name, `eq:${text}`] };
    case 'status':
      return statusSieve(text);
    case 'count': {
      const number = nonNegative(param, text);
      return isFault(number) ? number : { ask: [name, String(number)] };
    }
    case 'any-count':
      return /^\d+$/.test(text) ? { ask: [name, text] } : { nothing: true };
    case 'at-least': {
      const number = nonNegative(param, text);
      if (isFault(number)) return number;
      return number === 0 ? {} : { ask: [name, String(number)] };
    }
    case 'at-most': {
      const number = nonNegative(param, text);
      return isFault(number) ? number : { keep: ({ base }) => (base.size ?? 0) <= number };
    }
    case 'strict-flag': {
      const word = text.toLowerCase();
      if (!['true', 'false', '1', '0'].includes(word))
        return bad('protected must be True or False.');
      return { ask: [name, word === 'true' || word === '1' ? 'true' : 'false'] };
    }
    case 'since': {
      const time = parseIsoTime(text);
      if (!time) return bad('Unrecognized changes-since value.');
      return { ask: [name, `gt:${formatGlanceTime(time)}`] };
    }
    case 'tri-state':
      return publicSieve(text, caller);
    case 'property':
      return propertySieve(param.slice(propertyPrefix.length), text);
    case 'none':
      return {};
  }
}

function sortOf(query: URLSearchParams): string | Fault {
  const key = lastOf(query, 'sort_key') ?? 'created_at';
  const direction = lastOf(query, 'sort_dir') ?? 'desc';
  const name = sortNames.get(key);
  if (name === undefined)
    return bad(`Unsupported sort_key. Acceptable values: ${[...sortNames.keys()].join(', ')}`);
  if (direction !== 'asc' && direction !== 'desc') {
    return bad('Unsupported sort_dir. Acceptable values: asc, desc');
  }
  const ties = ['created_at', 'id'].filter((tie) => tie !== name);
  return [name, ...ties].map((each) => `${each}:${direction}`).join(',');
}

function lastOf(query: URLSearchParams, name: string): string | undefined {
  return query.getAll(name).at(-1);
}

/** Whether a list needs to know who asks: only `is_public` means something else to an admin. */
export const needsCaller = (query: URLSearchParams): boolean => query.has('is_public');

/**
 * A v1 list query as a selection of Glance images. Of a repeated parameter the last one counts; unknown ones are
 * dropped, never passed on. Faults: `bad-request` for values out of form.
 */
export function readListQuery(
  query: URLSearchParams,
  caller: Caller | undefined,
): Selection | Fault {
  const ask: (readonly [string, string])[] = [['member_status', 'all']];
  const keeps: ((image: Image) => boolean)[] = [];
  let nothing = false;
  for (const [param, text] of new Map(query)) {
    const row = rows.get(param) ?? (param.startsWith(propertyPrefix) ? propertyRow : undefined);
    if (!row || param === 'property-*') continue;
    const found = sieve(row, param, text, caller);
    if (isFault(found)) return found;
    if (found.ask) ask.push(found.ask);
    if (found.keep) keeps.push(found.keep);
    nothing ||= found.nothing === true;
  }
  const sort = sortOf(query);
  if (isFault(sort)) return sort;
  const limit = nonNegative('limit', lastOf(query, 'limit') ?? String(paging.byDefault));
  if (isFault(limit)) return limit;
  const marker = lastOf(query, 'marker');
  if (marker !== undefined && !uuid.test(marker)) return bad('Invalid marker format');
  return {
    ask,
    keep: keeps.length > 0 ? (image) => keeps.every((keep) => keep(image)) : undefined,
    sort,
    limit: nothing ? 0 : Math.min(limit, paging.most),
    marker,
  };
}
