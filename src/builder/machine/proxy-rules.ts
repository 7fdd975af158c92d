import type { LookupFunction } from 'node:net';
import { isFault } from '../../core/fault.ts';
import { admitSource, type ImportFilter } from '../../core/import-filter.ts';

/** A URL that a guest may go to, and how its host is found where not in the ordinary way. */
export interface Way {
  readonly url: URL;
  readonly lookup?: LookupFunction;
}

/** Judges where a guest wants to go; `undefined` for where it may not. */
export interface ProxyRules {
  /** For a URL that the proxy is to fetch: http alone. */
  readonly toFetch: (url: string) => Way | undefined;
  /** For `host:port`, to be connected with. */
  readonly toTunnel: (target: string) => Way | undefined;
}

const onlyScheme = (filter: ImportFilter, scheme: string): ImportFilter => ({
  ...filter,
  schemes: filter.schemes.filter((each) => each === scheme),
});

/** By host and port, since what goes through a tunnel cannot be seen; to the port of https where none is named. */
const tunnelFilter = (filter: ImportFilter): ImportFilter => ({
  ...onlyScheme(filter, 'https'),
  ports: filter.prefixes ? filter.ports : [443],
  ...(filter.prefixes && {
    prefixes: filter.prefixes.map((prefix) => `${new URL(prefix).origin}/`),
  }),
});

/** Rules that let pass what one of the filters admits; `publicLookup` finds hosts that none of them names. */
export function createProxyRules(
  filters: readonly ImportFilter[],
  publicLookup: LookupFunction,
): ProxyRules {
  const judge =
    (some: readonly ImportFilter[]) =>
    (text: string): Way | undefined => {
      for (const filter of some) {
        const url = admitSource(text, filter);
        // nobody's password goes anywhere, and what is no percent-encoding would be thrown over later
        if (isFault(url) || url.username !== '' || url.password !== '') continue;
        return { url, ...(filter.hosts.length === 0 && { lookup: publicLookup }) };
      }
      return undefined;
    };
  const judgeTunnel = judge(filters.map(tunnelFilter));
  return {
    toFetch: judge(filters.map((filter) => onlyScheme(filter, 'http'))),
    toTunnel: (target) => judgeTunnel(`https://${target}/`),
  };
}
