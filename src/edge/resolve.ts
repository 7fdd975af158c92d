import type { Exchange } from '../core/exchange.ts';
import type { Dialect } from '../dialects/dialect.ts';

/** Where a request goes. */
export interface Target {
  readonly dialect: Dialect;
  /** Path below the dialect's root, undecoded. */
  readonly path: string;
  /** The same as it came, before the dialect claimed it. */
  readonly raw: string;
  /** Prefix that the client used, or nothing. */
  readonly prefix: string;
  /** With its question mark, or nothing. */
  readonly search: string;
}

/** Builds the function that finds a request's dialect: by listener, by prefix, else by the path itself. */
export function createResolver(dialects: readonly Dialect[]): (exchange: Exchange) => Target {
  const prefixes = [...new Set(dialects.map((dialect) => dialect.prefix))];
  const choose = (
    among: readonly Dialect[],
    path: string,
    alone: boolean,
    exchange: Exchange,
  ): { dialect: Dialect; path: string } => {
    for (const dialect of among) {
      const claimed = dialect.claim(path, exchange, alone);
      if (claimed !== undefined) return { dialect, path: claimed };
    }
    const dialect = among.at(-1);
    if (!dialect) throw new TypeError('no dialect for a listener');
    return { dialect, path };
  };
  const byPrefix = new Map(prefixes.map((p) => [p, dialects.filter((d) => d.prefix === p)]));
  const byListener = new Map(
    dialects.map(({ listener }) => [listener, dialects.filter((d) => d.listener === listener)]),
  );
  return (exchange) => {
    const { target } = exchange;
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const search = mark < 0 ? '' : target.slice(mark);
    for (const prefix of prefixes) {
      if (
        path.startsWith(prefix) &&
        (path.length === prefix.length || path[prefix.length] === '/')
      ) {
        const below = path.slice(prefix.length) || '/';
        return {
          ...choose(byPrefix.get(prefix) ?? [], below, true, exchange),
          raw: below,
          prefix,
          search,
        };
      }
    }
    const own = exchange.listener === undefined ? undefined : byListener.get(exchange.listener);
    return {
      ...choose(own ?? dialects, path, own !== undefined, exchange),
      raw: path,
      prefix: '',
      search,
    };
  };
}
