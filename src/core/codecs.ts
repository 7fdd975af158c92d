import type { CodecName } from '../../mappings/rows.ts';
import type { Scalar } from './image.ts';

/** A two-way value translation between a dialect and Glance v2. `write` of a `read` is the canonical value again. */
export interface Codec {
  /** Glance's value → the dialect's. */
  readonly read: (v2: Scalar) => Scalar;
  /** The dialect's value → Glance's. */
  readonly write: (legacy: Scalar) => Scalar;
}

const same = (value: Scalar): Scalar => value;

/** A status of Glance and what a dialect makes of it. */
export interface StatusWord {
  readonly v2: string;
  readonly legacy: string;
  readonly progress?: number;
}

/**
 * Builds the codecs of a dialect. Of several statuses with the same word the first is canonical; a status without a row
 * is `unknown`, or itself where the dialect has no word for that.
 */
export function createCodecs(
  statuses: readonly StatusWord[],
  unknown?: string,
): Readonly<Record<CodecName, Codec>> {
  const toLegacy = new Map(statuses.map((row) => [row.v2, row.legacy]));
  const toGlance = new Map([...statuses].reverse().map((row) => [row.legacy, row.v2]));
  const progress = new Map(statuses.map((row) => [row.v2, row.progress ?? 0]));
  return {
    verbatim: { read: same, write: same },
    text: { read: (v) => (v === '' ? null : v), write: (v) => (v === '' ? null : v) },
    count: { read: (v) => v ?? 0, write: (v) => v ?? 0 },
    bytes: { read: (v) => v ?? 0, write: same },
    'bytes-or-null': { read: same, write: same },
    flag: { read: same, write: (v) => v ?? false },
    'is-public': {
      read: (v) => v === 'public',
      write: (v) => (v === true ? 'public' : 'shared'),
    },
    'micro-time': {
      read: (v) => (typeof v === 'string' ? `${v.replace(/Z$/, '')}.000000` : v),
      write: (v) => (typeof v === 'string' ? `${v.replace(/\.\d+$/, '')}Z` : v),
    },
    status: {
      // Glance may learn new words
      read: (v) => (typeof v === 'string' ? (toLegacy.get(v) ?? unknown ?? v) : v),
      write: (v) => (typeof v === 'string' ? (toGlance.get(v) ?? v) : v),
    },
    progress: { read: (v) => progress.get(String(v)) ?? 0, write: same },
  };
}
