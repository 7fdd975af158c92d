import { buildProperties, buildStates } from '../../mappings/build.ts';
import { listParameters } from '../../mappings/glance-list.ts';
import type { FilterRow } from '../../mappings/rows.ts';
import { buildStatus, isBuildProperty } from './build-contract.ts';
import { type Fault, fault, isFault } from './fault.ts';
import type { Caller } from './identity.ts';
import { type Image, isBaseField } from './image.ts';
import { formatGlanceTime, parseIsoTime } from './iso-time.ts';

/** What filters come to: what Glance is asked, what is sifted here, and whether nothing can match at all. */
export interface Filtering {
  readonly ask: readonly (readonly [name: string, value: string])[];
  readonly keep: ((image: Image) => boolean) | undefined;
  readonly nothing: boolean;
}

/** One filter's part in that. */
interface Sieve {
  readonly ask?: readonly [string, string];
  readonly keep?: (image: Image) => boolean;
  readonly nothing?: true;
}

/** What the rows of a dialect need besides themselves. */
export interface FilterOptions {
  readonly statuses: readonly { readonly v2: string; readonly legacy: string }[];
  /** A property's name in Glance. */
  readonly storedName?: (name: string) => string;
}

const propertyPrefix = 'property-';
const propertyPattern = 'property-*';
const listNames: ReadonlySet<string> = new Set(listParameters);
/** Glance reads such names as ranges of a base field. */
const rangeName = /_(?:min|max)$/;
const bad = (sentence: string): Fault => fault('bad-request', sentence);

/** An integer of at least 0, as the old services read one. Fault: `bad-request`. */
export function readCount(name: string, text: string): number | Fault {
  const number = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  // what no image can reach is as good as the largest number that can be said exactly
  return number >= 0
    ? Math.min(number, Number.MAX_SAFE_INTEGER)
    : bad(`${name} must be an integer of at least 0.`);
}

/** The last value of a repeated parameter, which is the one that counts. */
export function lastOf(query: URLSearchParams, name: string): string | undefined {
  return query.getAll(name).at(-1);
}

function statusSieve(text: string, statuses: FilterOptions['statuses']): Sieve {
  const words = statuses.filter((row) => row.legacy === text).map((row) => row.v2);
  if (words.length === 0) return { nothing: true };
  return { ask: ['status', words.length === 1 ? `eq:${words[0]}` : `in:${words.join(',')}`] };
}

/** A status of Glance, of images that are no builds; or the state of builds that have not come to an image. */
function buildSieve(name: string, word: string): Sieve {
  const state = buildStates.find((row) => row.legacy.toLowerCase() === word)?.state;
  if (state === undefined) {
    return { ask: [name, `eq:${word}`], keep: (image) => buildStatus(image) === undefined };
  }
  return {
    ask: [buildProperties.state, state],
    keep: (image) => buildStatus(image)?.toLowerCase() === word,
  };
}

function publicSieve(text: string, caller: Caller | undefined): Sieve | Fault {
  const word = text.toLowerCase();
  if (!['true', 'false', 'none', '1', '0'].includes(word)) {
    return bad('is_public must be None, True, or False.');
  }
  if (!caller?.roles.includes('admin')) return {};
  const all = ['visibility', 'all'] as const;
  if (word === 'none') return { ask: all };
  const { projectId } = caller;
  if (word === 'true' || word === '1') {
    return { keep: ({ base }) => base.visibility === 'public' || base.owner === projectId };
  }
  return { ask: all, keep: ({ base }) => base.visibility !== 'public' };
}

function propertySieve(stored: string, text: string): Sieve {
  // Glance would take such a name for a parameter of its list, or an empty value for none
  const sifted =
    listNames.has(stored) || rangeName.test(stored) || isBaseField(stored) || text === '';
  if (!sifted) return { ask: [stored, text] };
  return { keep: (image) => image.properties.get(stored) === text };
}

/** A property that a client names. What is not shown must not be found by its value either. */
const namedSieve = (stored: string, text: string): Sieve =>
  isBuildProperty(stored) ? { nothing: true } : propertySieve(stored, text);

/** Some databases behind Glance take letters of either case for the same. */
const exactSieve = (stored: string, text: string): Sieve => ({
  ...propertySieve(stored, text),
  keep: (image) => image.properties.get(stored) === text,
});

function sinceSieve(name: string, param: string, text: string, operator: string): Sieve | Fault {
  const time = parseIsoTime(text);
  if (!time) return bad(`Unrecognized ${param} value.`);
  return { ask: [name, `${operator}:${formatGlanceTime(time)}`] };
}

function atLeast(name: string, param: string, text: string): Sieve | Fault {
  const number = readCount(param, text);
  if (isFault(number)) return number;
  return number === 0 ? {} : { ask: [name, String(number)] };
}

function flagSieve(name: string, text: string): Sieve | Fault {
  const word = text.toLowerCase();
  if (!['true', 'false', '1', '0'].includes(word)) return bad(`${name} must be True or False.`);
  return { ask: [name, word === 'true' || word === '1' ? 'true' : 'false'] };
}

function readSieve(
  row: FilterRow,
  param: string,
  text: string,
  { statuses, storedName = (name) => name }: FilterOptions,
  caller: Caller | undefined,
): Sieve | Fault {
  const name = row.v2 ?? param;
  switch (row.codec) {
    case 'literal':
      return { ask: [name, `eq:${text}`] };
    case 'status-or-build':
      return buildSieve(name, text.toLowerCase());
    case 'status':
      return statusSieve(text, statuses);
    case 'count': {
      const number = readCount(param, text);
      return isFault(number) ? number : { ask: [name, String(number)] };
    }
    case 'any-count':
      return /^\s*\+?\d{1,15}\s*$/.test(text)
        ? { ask: [name, String(Number(text))] }
        : { nothing: true };
    case 'at-least':
      return atLeast(name, param, text);
    case 'at-most': {
      const number = readCount(param, text);
      return isFault(number) ? number : { keep: ({ base }) => (base.size ?? 0) <= number };
    }
    case 'strict-flag':
      return flagSieve(name, text);
    case 'since':
      return sinceSieve(name, param, text, 'gt');
    case 'since-or-at':
      return sinceSieve(name, param, text, 'gte');
    case 'tri-state':
      return publicSieve(text, caller);
    case 'last-segment':
      return propertySieve(name, text.slice(text.lastIndexOf('/') + 1));
    case 'property':
      return namedSieve(name === '*' ? storedName(param.slice(propertyPrefix.length)) : name, text);
    case 'exact-property':
      return exactSieve(name, text);
    case 'none':
      return {};
  }
}

/**
 * Compiles a dialect's filter rows. Of a repeated parameter the last value counts; parameters without a row are dropped,
 * never passed on. Fault: `bad-request` for a value out of form.
 */
export function compileFilters(rows: readonly FilterRow[], options: FilterOptions) {
  const byParam = new Map(rows.map((row) => [row.param, row]));
  const properties = byParam.get(propertyPattern);
  byParam.delete(propertyPattern);
  return (query: URLSearchParams, caller?: Caller): Filtering | Fault => {
    const ask: (readonly [string, string])[] = [];
    const keeps: ((image: Image) => boolean)[] = [];
    let nothing = false;
    for (const [param, text] of new Map(query)) {
      const row = byParam.get(param) ?? (param.startsWith(propertyPrefix) ? properties : undefined);
      if (!row) continue;
      const found = readSieve(row, param, text, options, caller);
      if (isFault(found)) return found;
      if (found.ask) ask.push(found.ask);
      if (found.keep) keeps.push(found.keep);
      nothing ||= found.nothing === true;
    }
    const keep =
      keeps.length > 0 ? (image: Image) => keeps.every((each) => each(image)) : undefined;
    return { ask, keep, nothing };
  };
}
