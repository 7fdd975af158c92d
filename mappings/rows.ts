import type { GlanceFieldName } from './glance-image.ts';

/** Named two-way value translations; the code behind each name is in `src/core/codecs.ts`. */
export type CodecName = 'text' | 'verbatim' | 'count' | 'bytes' | 'bytes-or-null' | 'flag' | 'is-public' | 'micro-time' | 'status' | 'progress';

/**
 * Which way a field travels. `both`: read and written. `read`: shown only. `write`: taken only.
 * `constant`: always the same. `absent`: Glance has it, the dialect does not.
 */
export type Direction = 'both' | 'read' | 'write' | 'constant' | 'absent';

/** One field of a dialect and its counterpart in Glance v2; the same row reads and writes. */
export interface FieldRow {
  /** The dialect's name; `null` when the dialect has no such field. */
  readonly legacy: string | null;
  /** Glance's name; `null` when Glance has no such field. */
  readonly v2: GlanceFieldName | null;
  readonly dir: Direction;
  readonly codec?: CodecName;
  /** What a `constant` row always shows. */
  readonly value?: string | number | boolean | null;
  /** Largest integer taken. */
  readonly max?: number;
  /** Largest number of characters taken. */
  readonly maxLength?: number;
  /** `[dialect's value, Glance's value]`; run both ways as a test. */
  readonly example?: readonly [legacy: string | number | boolean | null, v2: string | number | boolean | null];
  readonly why: string;
}

/** How a list parameter of a dialect is served. `glance`: asked of Glance. `gateway`: sifted here, page by page. */
export interface FilterRow {
  readonly param: string;
  readonly v2: string | null;
  readonly where: 'glance' | 'gateway' | 'both' | 'ignored';
  readonly codec: 'literal' | 'status' | 'count' | 'any-count' | 'strict-flag' | 'tri-state' | 'since' | 'at-least' | 'at-most' | 'property' | 'exact-property' | 'status-or-build' | 'last-segment' | 'since-or-at' | 'none';
  /** `[query of the dialect, query sent to Glance]`; run as a test. */
  readonly example: readonly [legacy: string, v2: string];
  readonly why: string;
}

/** A status of Glance v2 and the dialect's word for it. */
export interface StatusRow {
  readonly v2: string;
  readonly legacy: string;
  /** Percent done, where the dialect says it. */
  readonly progress?: number;
  /** Whether image data can be had: `yes`, not yet or no more (`none`), or not allowed (`refused`). */
  readonly data: 'yes' | 'none' | 'refused';
  readonly why: string;
}

export interface SortRow {
  readonly legacy: string;
  readonly v2: string;
}

/** A documented difference from the server that the dialect came from. */
export interface Difference {
  readonly topic: string;
  readonly native: string;
  readonly here: string;
  readonly why: string;
}

/** What a mappings file holds; the documents and the tests go through it row by row. */
export interface DialectMapping {
  /** What the API calls itself. */
  readonly title: string;
  readonly fields: readonly FieldRow[];
  readonly statuses: readonly StatusRow[];
  readonly filters: readonly FilterRow[];
  readonly sortKeys: readonly SortRow[];
  readonly differences: readonly Difference[];
}
