import * as z from 'zod';

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
  .refine((text) => !/^[^/]*\/\/[^/?#]*@/.test(text), { message: 'must not hold credentials' });

/** A list as text: commas between, brackets around allowed (Glance's own way of writing them). */
const words = z
  .union([z.array(z.union([z.string(), z.number()])), z.string(), z.number()])
  .transform((value) =>
    (Array.isArray(value)
      ? value
      : String(value)
          .trim()
          .replace(/^\[|\]$/g, '')
          .split(',')
    )
      .map((word) => String(word).trim())
      .filter((word) => word !== ''),
  );

/** A whole number, as such or as digits; nothing else is one. */
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\s*\d+\s*$/, 'must be a whole number')
        .transform(Number),
    ])
    .pipe(z.int().min(min).max(max));

const port = whole(0, 65535);
const ports = words.transform((list) => list.map(Number)).pipe(z.array(z.int().min(1).max(65535)));
const flag = z.union([z.boolean(), z.stringbool()]);
const milliseconds = whole(1);

const listeners = z.union([z.record(z.string(), port), z.string()]).transform((value, context) => {
  if (typeof value !== 'string') return value;
  const found: Record<string, number> = {};
  for (const pair of value.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', text = ''] = pair.split('=').map((each) => each.trim());
    const parsed = port.safeParse(text);
    if (name === '' || text === '' || !parsed.success) {
      context.addIssue(`"${pair}" is not NAME=PORT`);
      return z.NEVER;
    }
    found[name] = parsed.data;
  }
  return found;
});

/** `NAME=WORD` pairs, as text or a mapping. */
const storeWords = z
  .union([z.record(z.string(), z.string()), z.string()])
  .transform((value, context) => {
    if (typeof value !== 'string') return value;
    const pairs = value.split(',').filter((each) => each.trim() !== '');
    const read = pairs.map((pair) => pair.split('=').map((each) => each.trim()));
    if (read.every(([name, word, ...more]) => name && word && more.length === 0)) {
      return Object.fromEntries(read) as Record<string, string>;
    }
    context.addIssue('must be NAME=WORD, with commas between');
    return z.NEVER;
  });

const identity = z.object({
  token: z.string().min(1),
  userId: z.string().min(1),
  userName: z.string().min(1),
  password: z.string().min(1),
  projectId: z.string().min(1),
  projectName: z.string().min(1),
  roles: z.array(z.string()),
});

/**
 * Every setting, once: name, form, default and meaning. Environment names (`POLYGLANCE_GLANCE_URL`), flags
 * (`--glance-url`) and the reference in the documents are derived from here.
 */
export const configSchema = z.object({
  host: z.string().min(1).default('127.0.0.1').describe('address of every listener'),
  port: port.default(8080).describe('the combined listener'),
  listen: listeners
    .default({})
    .describe('extra listeners for one dialect each, e.g. `glance=9292`'),
  glanceUrl: url.optional().describe('the Image service behind; unset = the embedded one'),
  data: z.string().min(1).default('./data').describe("the embedded Image service's folder"),
  keystoneUrl: url.optional().describe('Identity v3, where a dialect needs it'),
  keystoneDomain: z
    .string()
    .min(1)
    .default('Default')
    .describe('domain of users and projects that clients give by name'),
  identityCacheTime: whole(0)
    .default(300_000)
    .describe("milliseconds that the Identity service's answers are believed, at most"),
  computeUrl: url.optional().describe('Nova, where a dialect needs it'),
  publicUrl: url.optional().describe("base of every link written; unset = the listener's address"),
  publicNames: words.default([]).describe('`Host` values that are believed when links are written'),
  trustedProxies: words.default([]).describe('addresses whose `X-Forwarded-*` are believed'),
  importAllowedHosts: words
    .default([])
    .describe('hosts that image data may be fetched from; empty = any at a public address'),
  importAllowedPorts: ports
    .default([80, 443])
    .describe('ports that image data may be fetched from; empty = any'),
  novaMaxVersion: z
    .string()
    .regex(/^2\.[1-9]\d{0,3}$/, 'must be 2.N')
    .default('2.93')
    .describe('highest microversion that the Nova dialect announces and serves'),
  novaServeBeyond: flag
    .default(false)
    .describe(
      'serve clients that ask for `latest` beyond 2.36 and 2.39, which end the image proxy',
    ),
  starlingx: z
    .enum(['off', 'native', 'strict'])
    .default('native')
    .describe(
      "checks of StarlingX's image properties: as its own Glance does, or as its document says",
    ),
  starlingxStores: storeWords
    .default({})
    .describe(
      'words for Glance stores in answers, e.g. `ceph=rbd,local=file`; empty = answers are left alone',
    ),
  builders: flag
    .optional()
    .describe(
      'whether image builders work for this Image service; unset = only with the embedded one',
    ),
  adminPort: port
    .default(8081)
    .describe('admin listener: `/healthz`, `/readyz`, `/metrics`; 0 = none'),
  accessLog: z
    .enum(['json', 'off'])
    .default('json')
    .describe('one line a request on standard output'),
  headerBytes: whole(8192).default(262_144).describe('most bytes of request line and headers'),
  connectTimeout: milliseconds.default(5_000).describe('milliseconds to reach the Image service'),
  firstByteTimeout: milliseconds
    .default(60_000)
    .describe('milliseconds until it begins to answer; not for uploads'),
  idleTimeout: milliseconds
    .default(120_000)
    .describe('milliseconds of silence in mid-transfer, either side'),
  headersTimeout: milliseconds
    .default(20_000)
    .describe('milliseconds for a client to send headers'),
  stopGrace: whole(0)
    .default(1_000)
    .describe(
      'milliseconds that a gateway asked to stop goes on taking connections, no longer ready',
    ),
  drainTimeout: milliseconds
    .default(60_000)
    .describe('milliseconds that running transfers get after SIGTERM'),
  identities: z
    .array(identity)
    .optional()
    .meta({ secret: true })
    .describe('who may use the embedded Image service (file only); unset = the demo identities'),
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
export const isFileOnly = (key: ConfigKey): boolean => key === 'identities';
