import { fields, storeSchemes, trueWords } from '../../../mappings/glance-v1.ts';
import type { FieldRow } from '../../../mappings/rows.ts';
import type { Exchange } from '../../core/exchange.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Scalar } from '../../core/image.ts';
import { parseIsoTime } from '../../core/iso-time.ts';

/** What the headers of a v1 request say about an image. */
export interface Metadata {
  /** Core fields given, by v1 name, as values; an empty header is `null`. */
  readonly fields: ReadonlyMap<string, Scalar>;
  /** Properties given, by v1 name. */
  readonly properties: ReadonlyMap<string, string | null>;
  readonly copyFrom: string | undefined;
  /** Whether properties not given are to go; `undefined` when not said. */
  readonly purge: boolean | undefined;
}

const prefix = 'x-image-meta-';
const propertyPrefix = `${prefix}property-`;
const longestPropertyName = 255;
const truth: ReadonlySet<string> = new Set(trueWords);
const stores: ReadonlySet<string> = new Set(storeSchemes);
const rows = new Map<string, FieldRow>(
  fields.flatMap((row) => (row.legacy === null ? [] : [[row.legacy, row]])),
);
const utf8 = new TextEncoder();

const bad = (sentence: string): Fault => fault('bad-request', sentence);

/** `True`, `yes`, `1`… in any case; every other word is false. */
const isTrueWord = (text: string): boolean => truth.has(text.trim().toLowerCase());

function integer(name: string, text: string, max = Number.MAX_SAFE_INTEGER): number | Fault {
  const number = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= 0)) return bad(`Cannot convert image ${name} "${text}" to an integer.`);
  return number <= max ? number : bad(`Image ${name} must be at most ${max}.`);
}

function time(name: string, text: string): string | Fault {
  return parseIsoTime(text) ? text : bad(`Invalid time format for ${name}.`);
}

/** Checks one core header; the value is JSON's, as v1 would show it. */
function readField(row: FieldRow, name: string, text: string): Scalar | Fault {
  if (name === 'disk_format' || name === 'container_format') {
    return text === '' ? bad(`Invalid ${name.replace('_', ' ')} '' for image.`) : text;
  }
  if (name === 'location') return text;
  if (text === '' || (name === 'virtual_size' && text === 'None')) return null;
  if (row.maxLength !== undefined && utf8.encode(text).length > row.maxLength) {
    return bad(`Image ${name} too long: ${text.length}. The limit is ${row.maxLength}.`);
  }
  switch (name) {
    case 'size':
    case 'virtual_size':
    case 'min_disk':
    case 'min_ram':
      return integer(name, text, row.max);
    case 'is_public':
    case 'protected':
    case 'deleted':
      return isTrueWord(text);
    case 'created_at':
    case 'updated_at':
    case 'deleted_at':
      return time(name, text);
    case 'store':
      return stores.has(text) ? text : bad(`The store ${text} is not available.`);
    default:
      return text;
  }
}

class Reader {
  readonly #texts = new Map<string, string>();

  /** Remembers one folded header; a second spelling with another value is a contradiction. */
  put(name: string, text: string): Fault | undefined {
    const before = this.#texts.get(name);
    if (before !== undefined && before !== text) return bad(`Contradictory values for ${name}.`);
    this.#texts.set(name, text);
    return undefined;
  }

  entries(): Iterable<[string, string]> {
    return this.#texts;
  }
}

/**
 * Reads the metadata headers of a v1 request: names folded to lower case and underscores, values UTF-8, taken raw.
 * Faults (`bad-request`): unknown core names, values that are no numbers, times or UTF-8, names too long.
 */
export function readMetadata(exchange: Exchange): Metadata | Fault {
  const core = new Reader();
  const given = new Reader();
  for (const [rawName, rawText] of exchange.headers()) {
    if (!rawName.startsWith(prefix)) continue;
    const text = exchange.decode(rawText);
    if (text === undefined) return bad('Header values must be UTF-8.');
    const isProperty = rawName.startsWith(propertyPrefix);
    const name = rawName.slice((isProperty ? propertyPrefix : prefix).length).replaceAll('-', '_');
    const clash = (isProperty ? given : core).put(name, text);
    if (clash) return clash;
  }
  const values = new Map<string, Scalar>();
  for (const [name, text] of core.entries()) {
    const row = rows.get(name);
    if (!row) return bad(`Bad header: x-image-meta-${name}`);
    const value = readField(row, name, text);
    if (isFault(value)) return value;
    values.set(name, value);
  }
  const properties = new Map<string, string | null>();
  for (const [name, text] of given.entries()) {
    if (name.length > longestPropertyName) return bad(`Property name too long: ${name.length}.`);
    properties.set(name, text === '' ? null : text);
  }
  const purge = exchange.header('x-glance-registry-purge-props');
  return {
    fields: values,
    properties,
    copyFrom: exchange.header('x-glance-api-copy-from'),
    purge: purge === undefined ? undefined : isTrueWord(purge),
  };
}
