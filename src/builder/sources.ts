import type { LookupFunction } from 'node:net';
import { isFault } from '../core/fault.ts';
import { admitSource, defaultImportFilter, type ImportFilter } from '../core/import-filter.ts';
import type { OpenSource } from '../core/source.ts';
import { BuildFailure } from './backend.ts';

/** Where builds may fetch from, and how. */
export interface Sources {
  readonly filter: ImportFilter;
  /** Resolves names to public addresses only; it fails for one that has none. */
  readonly publicLookup: LookupFunction;
  /** Opens what {@link filter} admits. */
  readonly open: OpenSource;
}

/** Web addresses below these prefixes, at whatever address their hosts are; without any, everything that is public. */
export function sourceFilter(prefixes: readonly string[]): ImportFilter {
  if (prefixes.length === 0) return defaultImportFilter;
  const urls = prefixes.map((prefix) => new URL(prefix));
  return {
    schemes: ['http', 'https'],
    hosts: urls.map((url) => url.hostname),
    ports: [],
    prefixes: urls.map((url) => url.href),
  };
}

const refusal = 'The installSource cannot be used.';

const resolves = (lookup: LookupFunction, name: string): Promise<boolean> =>
  new Promise((resolve) => lookup(name, { all: true }, (error) => resolve(error === null)));

/** A URL of `installSource`, judged: allowed by the filter, and at a public address unless its host was allowed by name. */
export async function judgeSource(
  text: string,
  { filter, publicLookup }: Pick<Sources, 'filter' | 'publicLookup'>,
): Promise<URL> {
  const url = admitSource(text, filter);
  if (isFault(url) || url.username !== '' || url.password !== '') throw new BuildFailure(refusal);
  // an address in the URL itself has been judged with its text
  if (filter.hosts.length === 0 && !(await resolves(publicLookup, url.hostname))) {
    throw new BuildFailure(refusal);
  }
  return url;
}

/** A mirror of `installSource`, judged; tools and logs show its URL as it is, and what often holds a secret is no part of it. */
export async function judgeMirror(
  text: string,
  sources: Pick<Sources, 'filter' | 'publicLookup'>,
): Promise<URL> {
  const url = await judgeSource(text, sources);
  if (!/[?#]/.test(url.href)) return url;
  throw new BuildFailure('A mirror in installSource may have neither a query nor a fragment.');
}
