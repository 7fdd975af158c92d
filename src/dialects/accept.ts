/** One media range of an `Accept` header (RFC 9110 §12.5.1): its name in lower case and its weight, 0 to 1. */
export interface MediaRange {
  readonly type: string;
  readonly q: number;
}

/** The ranges of an `Accept` header in its order; one with a weight that is no number counts as refused. */
export function mediaRanges(accept: string | undefined): MediaRange[] {
  if (!accept) return [];
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    const weight = parameters.find((each) => each.startsWith('q='))?.slice(2);
    return { type, q: weight === undefined ? 1 : Number(weight) || 0 };
  });
}

/** How many wildcards a range has if it covers the type (0 is the type itself), else undefined. */
export function wildcards(range: string, type: string): 0 | 1 | 2 | undefined {
  if (range === type) return 0;
  if (range === '*/*') return 2;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1)) ? 1 : undefined;
}

/** The weight that a client gives a type: that of the most specific range that covers it, 0 without one. */
export function quality(ranges: readonly MediaRange[], type: string): number {
  let [best, nearest] = [0, 3];
  for (const range of ranges) {
    const stars = wildcards(range.type, type);
    if (stars !== undefined && stars < nearest) [best, nearest] = [range.q, stars];
  }
  return best;
}
