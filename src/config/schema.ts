import * as z from 'zod/mini';
import {
  flag,
  milliseconds,
  pairs,
  port,
  ports,
  setting,
  text,
  url,
  whole,
  words,
} from './kinds.ts';

const listeners = z.pipe(
  z.union([z.record(z.string(), port), z.string()]),
  z.transform((value, context) => {
    if (typeof value !== 'string') return value;
    const found: Record<string, number> = {};
    for (const pair of value.split(',').filter((each) => each.trim() !== '')) {
      const [name = '', digits = ''] = pair.split('=').map((each) => each.trim());
      const parsed = port.safeParse(digits);
      if (name === '' || digits === '' || !parsed.success) {
        context.issues.push({
          code: 'custom',
          message: `"${pair}" is not NAME=PORT`,
          input: value,
        });
        return z.NEVER;
      }
      found[name] = parsed.data;
    }
    return found;
  }),
);

const identity = z.object({
  token: text,
  userId: text,
  userName: text,
  password: text,
  projectId: text,
  projectName: text,
  roles: z.array(z.string()),
});

/**
 * Every setting, once: name, form, default and meaning. Environment names (`POLYGLANCE_GLANCE_URL`), flags
 * (`--glance-url`) and the reference in the documents are derived from here.
 */
export const configSchema = z.object({
  host: setting(z._default(text, '127.0.0.1'), 'address of every listener', { nodeOnly: true }),
  port: setting(z._default(port, 8080), 'the combined listener', { nodeOnly: true }),
  listen: setting(
    z._default(listeners, {}),
    'extra listeners for one dialect each, e.g. `glance=9292`',
    { nodeOnly: true },
  ),
  glanceUrl: setting(z.optional(url), 'the Image service behind; unset = the embedded one'),
  data: setting(z._default(text, './data'), "the embedded Image service's folder", {
    nodeOnly: true,
  }),
  keystoneUrl: setting(z.optional(url), 'Identity v3, where a dialect needs it'),
  keystoneDomain: setting(
    z._default(text, 'Default'),
    'domain of users and projects that clients give by name',
  ),
  identityCacheTime: setting(
    z._default(whole(0), 300_000),
    "milliseconds that the Identity service's answers are believed, at most",
  ),
  computeUrl: setting(z.optional(url), 'Nova, where a dialect needs it'),
  publicUrl: setting(z.optional(url), "base of every link written; unset = the listener's address"),
  publicNames: setting(
    z._default(words, []),
    '`Host` values that are believed when links are written',
  ),
  trustedProxies: setting(z._default(words, []), 'addresses whose `X-Forwarded-*` are believed'),
  importAllowedHosts: setting(
    z._default(words, []),
    'hosts that image data may be fetched from; empty = any at a public address',
  ),
  importAllowedPorts: setting(
    z._default(ports, [80, 443]),
    'ports that image data may be fetched from; empty = any',
  ),
  novaMaxVersion: setting(
    z._default(z.string().check(z.regex(/^2\.[1-9]\d{0,3}$/, 'must be 2.N')), '2.93'),
    'highest microversion that the Nova dialect announces and serves',
  ),
  novaServeBeyond: setting(
    z._default(flag, false),
    'serve clients that ask for `latest` beyond 2.36 and 2.39, which end the image proxy',
  ),
  starlingx: setting(
    z._default(z.enum(['off', 'native', 'strict']), 'native'),
    "checks of StarlingX's image properties: as its own Glance does, or as its document says",
  ),
  starlingxStores: setting(
    z._default(pairs, {}),
    'words for Glance stores in answers, e.g. `ceph=rbd,local=file`; empty = answers are left alone',
  ),
  builders: setting(
    z.optional(flag),
    'whether image builders work for this Image service; unset = only with the embedded one',
  ),
  adminPort: setting(
    z._default(port, 8081),
    'admin listener: `/healthz`, `/readyz`, `/metrics`; 0 = none',
    { nodeOnly: true },
  ),
  adminToken: setting(
    z.optional(text),
    'secret that `/healthz`, `/readyz` and `/metrics` then ask for as a bearer token; a Worker has them with it only',
    { secret: true },
  ),
  accessLog: setting(
    z._default(z.enum(['json', 'off']), 'json'),
    'one line a request on standard output',
  ),
  readCacheTime: setting(
    z._default(whole(0), 0),
    "milliseconds that Glance's answers to reads are used again for the same token; 0 = never",
  ),
  readCacheSize: setting(z._default(whole(1), 16_777_216), 'most bytes of such answers'),
  workers: setting(
    z._default(z.union([z.literal('auto'), whole(1)]), 1),
    'processes that serve; `auto` = one per core',
    { nodeOnly: true },
  ),
  headerBytes: setting(z._default(whole(8192), 262_144), 'most bytes of request line and headers', {
    nodeOnly: true,
  }),
  maxUpload: setting(
    z.optional(whole(1)),
    'most bytes of a request body; more is refused with 413; unset = no limit of its own',
  ),
  directUrl: setting(z.optional(url), 'where a larger body may be sent, told with the 413'),
  callLimit: setting(
    z.optional(whole(10)),
    'most calls of the Image service that a list may cost; more is refused with 413; unset = no limit',
  ),
  connectTimeout: setting(
    z._default(milliseconds, 5_000),
    'milliseconds to reach the Image service',
    { nodeOnly: true },
  ),
  firstByteTimeout: setting(
    z._default(milliseconds, 60_000),
    'milliseconds until it begins to answer; not for uploads',
  ),
  idleTimeout: setting(
    z._default(milliseconds, 120_000),
    'milliseconds of silence in mid-transfer, either side',
  ),
  headersTimeout: setting(
    z._default(milliseconds, 20_000),
    'milliseconds for a client to send headers',
    { nodeOnly: true },
  ),
  stopGrace: setting(
    z._default(whole(0), 1_000),
    'milliseconds that a gateway asked to stop goes on taking connections, no longer ready',
    { nodeOnly: true },
  ),
  drainTimeout: setting(
    z._default(milliseconds, 60_000),
    'milliseconds that running transfers get after SIGTERM',
    { nodeOnly: true },
  ),
  identities: setting(
    z.optional(z.array(identity)),
    'who may use the embedded Image service (file only); unset = the demo identities',
    { secret: true, nodeOnly: true },
  ),
});

/** The effective configuration, checked. */
export type Config = z.output<typeof configSchema>;
export type ConfigKey = keyof typeof configSchema.shape;

export const configKeys = Object.keys(configSchema.shape) as ConfigKey[];

const snake = (key: string): string => key.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase();

/** `glanceUrl` → `POLYGLANCE_GLANCE_URL`. */
export const environmentName = (key: string): string => `POLYGLANCE_${snake(key)}`;

/** `glanceUrl` → `glance-url`. */
export const flagName = (key: string): string => snake(key).replaceAll('_', '-').toLowerCase();

/** Keys that only a file can hold. */
export const isFileOnly = (key: string): boolean => key === 'identities';
