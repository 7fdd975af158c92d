import { afterAll, afterEach, beforeAll } from 'vitest';
import { type AnswerOf, ask, documentIn } from '../fixtures/answer.ts';
import { type FakeGlance, startFakeGlance } from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway, useGateway } from '../fixtures/gateway.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';

export const projects = {
  admin: '0a000000000000000000000000000001',
  demo: '0d000000000000000000000000000002',
  alt: '0e000000000000000000000000000003',
} as const;

export const patchType = 'application/openstack-images-v2.1-json-patch';
export const rawFormats = { disk_format: 'raw', container_format: 'bare' } as const;
/** A well-formed id that no image has. */
export const nobody = '00000000-0000-4000-8000-000000000000';

export interface Link {
  readonly rel: string;
  readonly href: string;
  readonly type?: string;
}

export interface NovaImage {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly progress: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly links: readonly Link[];
  readonly [field: string]: unknown;
}

export interface NovaVersion {
  readonly id: string;
  readonly status: string;
  readonly version: string;
  readonly min_version: string;
  readonly updated: string;
  readonly links: readonly Link[];
  readonly [field: string]: unknown;
}

export interface FaultBody {
  readonly code: number;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** What the JSON answers hold; only what an answer has is there. */
export interface Document {
  readonly image: NovaImage;
  readonly images: readonly NovaImage[];
  readonly images_links?: readonly Link[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly versions: readonly NovaVersion[];
  readonly version: NovaVersion;
  readonly choices: readonly NovaVersion[];
  readonly limits: { readonly absolute: Readonly<Record<string, number>> };
  readonly error: FaultBody & { readonly title: string };
  readonly badRequest: FaultBody;
  readonly itemNotFound: FaultBody;
  readonly forbidden: FaultBody;
  readonly computeFault: FaultBody;
  readonly [field: string]: unknown;
}

export type Answer = AnswerOf<Document>;

export interface Options {
  /** `demo-token` when not said; `null` for none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

/** One request; a body given as `json` goes as `application/json` unless told otherwise. */
export function askAt(base: string, line: string, options: Options = {}): Promise<Answer> {
  const { token = 'demo-token', headers = {}, json, text } = options;
  const given = {
    ...(token !== null && { 'x-auth-token': token }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  return ask(base, line, given, json === undefined ? text : JSON.stringify(json));
}

/** Status, headers and body of a request written as it stands, for targets that `fetch` would tidy up. */
export async function askRaw(
  base: string,
  line: string,
  headers: readonly string[] = ['X-Auth-Token: demo-token'],
  body = '',
): Promise<{ status: number; head: string; text: string; json: Document }> {
  const all = [`${line} HTTP/1.1`, `Host: ${new URL(base).host}`, 'Connection: close', ...headers];
  if (body !== '') all.push(`Content-Length: ${Buffer.byteLength(body)}`);
  const bytes = Buffer.from(`${all.join('\r\n')}\r\n\r\n${body}`);
  const got = await rawAsk(base, bytes, { bare: line.startsWith('HEAD ') });
  const text = got.body.toString();
  return { status: got.status, head: got.head.toString('latin1'), text, json: documentIn(text) };
}

export interface Nova {
  readonly url: string;
  readonly gateway: TestGateway;
  /** `METHOD TARGET`, e.g. `GET /v2.1/images`. */
  readonly ask: (line: string, options?: Options) => Promise<Answer>;
  readonly raw: (
    line: string,
    headers?: readonly string[],
    body?: string,
  ) => ReturnType<typeof askRaw>;
  /** Makes an image through Glance v2 and says its id; `data` is put into it when given. */
  readonly make: (
    attributes?: Readonly<Record<string, unknown>>,
    options?: { readonly data?: string; readonly token?: string },
  ) => Promise<string>;
  /** The image as Glance has it. */
  readonly behind: (id: string, token?: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Changes an image behind the proxy's back. */
  readonly patch: (
    id: string,
    steps: readonly unknown[],
    token?: string,
  ) => Promise<{ status: number }>;
}

function novaAt(gateway: () => TestGateway): Nova {
  const ask = (line: string, options?: Options) => askAt(gateway().url, line, options);
  return {
    get url() {
      return gateway().url;
    },
    get gateway() {
      return gateway();
    },
    ask,
    raw: (line, headers, body) => askRaw(gateway().url, line, headers, body),
    make: async (attributes = {}, { data, token = 'demo-token' } = {}) => {
      const made = await ask('POST /v2/images', { token, json: { ...rawFormats, ...attributes } });
      if (made.status !== 201) throw new Error(`not made: ${made.status} ${made.text}`);
      const id = String(made.json['id']);
      if (data !== undefined) {
        const headers = { 'content-type': 'application/octet-stream' };
        const stored = await ask(`PUT /v2/images/${id}/file`, { token, headers, text: data });
        if (stored.status !== 204) throw new Error(`not stored: ${stored.status} ${stored.text}`);
      }
      return id;
    },
    behind: async (id, token = 'demo-token') =>
      (await ask(`GET /v2/images/${id}`, { token })).json as Readonly<Record<string, unknown>>,
    patch: (id, steps, token = 'demo-token') =>
      ask(`PATCH /v2/images/${id}`, {
        token,
        headers: { 'content-type': patchType },
        text: JSON.stringify(steps),
      }),
  };
}

/** A gateway with the embedded Glance for one file; its store is emptied by nobody. */
export function useNova(settings: Readonly<Record<string, unknown>> = {}): Nova {
  return novaAt(useGateway(settings));
}

/** A gateway in front of a scripted Glance, for one file; rules and records are forgotten between tests. */
export function useScripted(
  settings: Readonly<Record<string, unknown>> = {},
): Nova & { readonly glance: FakeGlance } {
  let glance: FakeGlance | undefined;
  let gateway: TestGateway | undefined;
  beforeAll(async () => {
    glance = await startFakeGlance();
    gateway = await startTestGateway({ glanceUrl: glance.url, ...settings });
  });
  afterEach(() => glance?.reset());
  afterAll(async () => {
    await gateway?.stop();
    await glance?.stop();
  });
  const nova = novaAt(() => {
    if (!gateway) throw new Error('not started');
    return gateway;
  });
  return Object.defineProperty(nova, 'glance', { get: () => glance }) as Nova & {
    readonly glance: FakeGlance;
  };
}

/** Asserts on nothing: the one fault of an answer, by name. */
export function faultOf({ json }: { json: Document }): [name: string, fault: FaultBody] {
  const names = Object.keys(json);
  const [name = ''] = names;
  if (names.length !== 1) throw new Error(`not one fault: ${JSON.stringify(json)}`);
  return [name, json[name] as FaultBody];
}

/** `n` metadata items. */
export function items(n: number, prefix = 'k'): Record<string, string> {
  return Object.fromEntries(Array.from({ length: n }, (_, i) => [`${prefix}${i}`, String(i)]));
}
