import { join } from 'node:path';
import type { BuildSite } from '../../backend.ts';
import { type ProxyOptions, type RunningProxy, startProxy } from '../../machine/proxy.ts';
import { judgeMirror, sourceFilter } from '../../sources.ts';
import { files } from './names.ts';
import type { DebianRootfsOptions } from './options.ts';
import type { Plan } from './plan.ts';

/** A mirror, and how apt comes to it until the way is closed. */
export interface Route {
  readonly mirror: string;
  /** Settings of apt's. */
  readonly settings: readonly string[];
  readonly close: () => Promise<void>;
}

/** Where a mirror leads to by redirects or by its zone's SRV records has been judged by nobody. */
const straight = [
  'Acquire::EnableSrvRecords=false',
  'Acquire::http::AllowRedirect=false',
  'Acquire::https::AllowRedirect=false',
];

type Archives = Pick<DebianRootfsOptions, 'mirror' | 'security' | 'sources'>;

const openProxy = (
  { sources: { publicLookup } }: Archives,
  log: BuildSite['log'],
  way: Pick<ProxyOptions, 'listen' | 'filters'>,
): Promise<RunningProxy> =>
  startProxy({ ...way, publicLookup, log: (what, url) => log(`${what}: ${url}`) });

/** A guest's way to the configured mirrors, and to what `installSource` may name. */
export const openGuestProxy = (
  archives: Archives,
  { folder, log }: Pick<BuildSite, 'folder' | 'log'>,
): Promise<RunningProxy> =>
  openProxy(archives, log, {
    listen: { socket: join(folder, files.proxy) },
    filters: [sourceFilter([archives.mirror, archives.security]), archives.sources.filter],
  });

// apt spells paths in a way of its own
const wholeHost = (url: string): string => new URL('/', url).href;

/**
 * The way to the mirror that an order names, or to the configured one. The first leads through a proxy, which connects with
 * the very addresses that it judges: apt would resolve a judged name anew. Throws {@link BuildFailure} for a mirror that is not allowed.
 */
export async function openRoute(
  { mirror: asked }: Pick<Plan, 'mirror'>,
  archives: Archives,
  log: BuildSite['log'],
): Promise<Route> {
  const { mirror, security, sources } = archives;
  if (asked === undefined || asked === mirror) {
    return { mirror, settings: [], close: async () => undefined };
  }
  const { href } = await judgeMirror(asked, sources);
  const { address, close } = await openProxy(archives, log, {
    listen: 'loopback',
    filters: [
      sourceFilter([wholeHost(security)]),
      { ...sources.filter, prefixes: [wholeHost(href)] },
    ],
  });
  const through = [`Acquire::http::Proxy=${address}`, `Acquire::https::Proxy=${address}`];
  return { mirror: href, settings: [...straight, ...through], close };
}
