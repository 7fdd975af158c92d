import { badRequest } from './fault.ts';

export type QueryPairs = readonly (readonly [name: string, value: string])[];

const undecodable =
  'Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Glance';

/** Decodes percent escapes as UTF-8; a `%` that begins none stands for itself. @throws Fault 400 */
export function decodeText(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    throw badRequest(undecodable);
  }
}

/** Splits a query string. @throws Fault 400 when it is not UTF-8 */
export function parseQuery(text: string): QueryPairs {
  if (text === '') return [];
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...rest] = pair.replaceAll('+', ' ').split('=');
      return [decodeText(name), decodeText(rest.join('='))] as const;
    });
}

/** Query parameters that handlers take out one after the other; what is left over filters by property. */
export class QueryBag {
  #pairs: (readonly [string, string])[];

  constructor(pairs: QueryPairs) {
    this.#pairs = [...pairs];
  }

  has(name: string): boolean {
    return this.#pairs.some(([key]) => key === name);
  }

  /** The last value, which is the one that counts. */
  get(name: string): string | undefined {
    return this.#pairs.findLast(([key]) => key === name)?.[1];
  }

  /** Takes out the first value. */
  take(name: string): string | undefined {
    const index = this.#pairs.findIndex(([key]) => key === name);
    return index < 0 ? undefined : this.#pairs.splice(index, 1)[0]?.[1];
  }

  /** Takes out all values, in order. */
  takeAll(name: string): string[] {
    const taken = this.#pairs.filter(([key]) => key === name).map(([, value]) => value);
    this.#pairs = this.#pairs.filter(([key]) => key !== name);
    return taken;
  }

  /** What is left, the last value of each name. */
  rest(): Map<string, string> {
    return new Map(this.#pairs);
  }
}

/** The query of a page link: each name once with its last value, without the marker. */
export function pageQuery(pairs: QueryPairs, marker?: string): string {
  const kept = new Map(pairs);
  kept.delete('marker');
  if (marker !== undefined) kept.set('marker', marker);
  return new URLSearchParams([...kept]).toString();
}
