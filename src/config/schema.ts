import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// zod/mini comes without words for what is wrong
z.config(en());

const text = z.string().check(z.minLength(1));

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
  .check(z.refine((address) => !/^[^/]*\/\/[^/?#]*@/.test(address), 'must not hold credentials'));

/** A list as text: commas between, brackets around allowed (Glance's own way of writing them). */
const words = z.pipe(
  z.union([z.array(z.union([z.string(), z.number()])), z.string(), z.number()]),
  z.transform((value) =>
    (Array.isArray(value)
      ? value
      : String(value)
          .trim()
          .replace(/^\[|\]$/g, '')
          .split(',')
    )
      .map((word) => String(word).trim())
      .filter((word) => word !== ''),
  ),
);

const between = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

/** A whole number, as such or as digits; nothing else is one. */
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.pipe(
    z.union(
      [z.number(), z.pipe(z.string().check(z.regex(/^\s*\d+\s*$/)), z.transform(Number))],
      'must be a whole number',
    ),
    between(min, max),
  );

const port = whole(0, 65535);
const ports = z.pipe(
  z.pipe(
    words,
    z.transform((list) => list.map(Number)),
  ),
  z.array(between(1, 65535)),
);
const flag = z.union([z.boolean(), z.stringbool()]);
const milliseconds = whole(1);

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

/** `NAME=WORD` pairs, as text or a mapping. */
const storeWords = z.pipe(
  z.union([z.record(z.string(), z.string()), z.string()]),
  z.transform((value, context) => {
    if (typeof value !== 'string') return value;
    const pairs = value.split(',').filter((each) => each.trim() !== '');
    const read = pairs.map((pair) => pair.split('=').map((each) => each.trim()));
    if (read.every(([name, word, ...more]) => name && word && more.length === 0)) {
      return Object.fromEntries(read) as Record<string, string>;
    }
    context.issues.push({
      code: 'custom',
      message: 'must be NAME=WORD, with commas between',
      input: value,
    });
    return z.NEVER;
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

/** What people are told of a setting; the value of a secret is never shown. */
interface Meaning {
  readonly says: string;
  readonly secret?: true;
}

const meanings = z.registry<Meaning>();

function setting<Form extends z.ZodMiniType>(form: Form, says: string, more?: { secret: true }) {
  meanings.add(form, { says, ...more });
  return form;
}

/**
 * Every setting, once: name, form, default and meaning. Environment names (`POLYGLANCE_GLANCE_URL`), flags
 * (`--glance-url`) and the reference in the documents are derived from here.
 */
export const configSchema = z.object({
  host: setting(z._default(text, '127.0.0.1'), 'address of every listener'),
  port: setting(z._default(port, 8080), 'the combined listener'),
  listen: setting(
    z._default(listeners, {}),
    'extra listeners for one dialect each, e.g. `glance=9292`',
  ),
  glanceUrl: setting(z.optional(url), 'the Image service behind; unset = the embedded one'),
  data: setting(z._default(text, './data'), "the embedded Image service's folder"),
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
    z._default(storeWords, {}),
    'words for Glance stores in answers, e.g. `ceph=rbd,local=file`; empty = answers are left alone',
  ),
  builders: setting(
    z.optional(flag),
    'whether image builders work for this Image service; unset = only with the embedded one',
  ),
  adminPort: setting(
    z._default(port, 8081),
    'admin listener: `/healthz`, `/readyz`, `/metrics`; 0 = none',
  ),
  accessLog: setting(
    z._default(z.enum(['json', 'off']), 'json'),
    'one line a request on standard output',
  ),
  headerBytes: setting(z._default(whole(8192), 262_144), 'most bytes of request line and headers'),
  connectTimeout: setting(
    z._default(milliseconds, 5_000),
    'milliseconds to reach the Image service',
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
  ),
  stopGrace: setting(
    z._default(whole(0), 1_000),
    'milliseconds that a gateway asked to stop goes on taking connections, no longer ready',
  ),
  drainTimeout: setting(
    z._default(milliseconds, 60_000),
    'milliseconds that running transfers get after SIGTERM',
  ),
  identities: setting(
    z.optional(z.array(identity)),
    'who may use the embedded Image service (file only); unset = the demo identities',
    { secret: true },
  ),
});

/** The effective configuration, checked. */
export type Config = z.output<typeof configSchema>;
export type ConfigKey = keyof typeof configSchema.shape;

export const configKeys = Object.keys(configSchema.shape) as ConfigKey[];

/** What a setting means to people. */
export const meaningOf = (key: ConfigKey): Meaning =>
  meanings.get(configSchema.shape[key]) ?? { says: '' };

const snake = (key: string): string => key.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase();

/** `glanceUrl` → `POLYGLANCE_GLANCE_URL`. */
export const environmentName = (key: string): string => `POLYGLANCE_${snake(key)}`;

/** `glanceUrl` → `glance-url`. */
export const flagName = (key: string): string => snake(key).replaceAll('_', '-').toLowerCase();

/** Keys that only a file can hold. */
export const isFileOnly = (key: ConfigKey): boolean => key === 'identities';
