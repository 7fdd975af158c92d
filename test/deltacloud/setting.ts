import { type AnswerOf, ask } from '../fixtures/answer.ts';
import { type TestGateway, useGateway } from '../fixtures/gateway.ts';
import { type RawAnswer, rawAsk } from '../fixtures/raw-socket.ts';

/** A well-formed id that no image has. */
export const nobody = '00000000-0000-4000-8000-000000000000';
export const server = '5d6bd6ea-4fb3-4a40-8dd1-6a6a6d7a0001';

/** An image as the JSON documents have it. */
export interface ShownImage {
  readonly id: string;
  readonly href: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly owner: string;
  readonly architecture: string;
  readonly state: string;
  readonly root_type: string;
  readonly creation_time: string;
  readonly hardware_profiles: readonly unknown[];
}

/** What the JSON answers hold; only what an answer has is there. */
export interface Document {
  readonly image: ShownImage;
  readonly images: readonly ShownImage[];
  readonly api: {
    readonly version: string;
    readonly driver: string;
    readonly provider: string;
    readonly links: readonly { rel: string; href: string; features: readonly unknown[] }[];
  };
  readonly code: number;
  readonly message: string;
  readonly error: string;
  readonly [field: string]: unknown;
}

export type Answer = AnswerOf<Document>;

export interface Options {
  /** `demo+demo:secret` when not said; `null` for none. */
  readonly login?: string | null;
  /** Media type; `application/json` when not said, `null` for no header at all. */
  readonly accept?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Media type of the body. */
  readonly type?: string;
}

export const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

/** One request; a target is sent as it stands where `fetch` leaves it alone. */
export function askAt(base: string, line: string, options: Options = {}): Promise<Answer> {
  const { login = 'demo+demo:secret', accept = 'application/json', headers = {} } = options;
  const given = {
    ...(login !== null && { authorization: basic(login) }),
    ...(accept !== null && { accept }),
    ...(options.type !== undefined && { 'content-type': options.type }),
    ...headers,
  };
  return ask(base, line, given, options.body);
}

/** One request written as it stands, with nothing added but `Host`. */
export function askRaw(
  base: string,
  line: string,
  headers: readonly string[] = [],
): Promise<RawAnswer> {
  const lines = [`${line} HTTP/1.1`, `Host: ${new URL(base).host}`, 'Connection: close'];
  return rawAsk(base, `${[...lines, ...headers].join('\r\n')}\r\n\r\n`, {
    bare: line.startsWith('HEAD '),
  });
}

export interface Deltacloud {
  readonly url: string;
  readonly gateway: TestGateway;
  /** `METHOD TARGET`, e.g. `GET /api/images`. */
  readonly ask: (line: string, options?: Options) => Promise<Answer>;
  readonly raw: (line: string, headers?: readonly string[]) => Promise<RawAnswer>;
  /** Glance v2 with the demo user's token. */
  readonly glance: (line: string, json?: unknown, type?: string) => Promise<Answer>;
  /** Makes an image through Glance v2 and says its id. */
  readonly make: (attributes?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** The ids that a list gives. */
  readonly ids: (query?: string) => Promise<readonly string[]>;
}

export function deltacloudAt(gateway: () => TestGateway): Deltacloud {
  const ask = (line: string, options?: Options) => askAt(gateway().url, line, options);
  const glance = (line: string, json?: unknown, type = 'application/json') =>
    ask(line, {
      login: null,
      headers: { 'x-auth-token': 'demo-token' },
      type,
      ...(json !== undefined && { body: typeof json === 'string' ? json : JSON.stringify(json) }),
    });
  return {
    get url() {
      return gateway().url;
    },
    get gateway() {
      return gateway();
    },
    ask,
    raw: (line, headers) => askRaw(gateway().url, line, headers),
    glance,
    make: async (attributes = {}) => {
      const formats = { disk_format: 'raw', container_format: 'bare' };
      const made = await glance('POST /v2/images', { ...formats, ...attributes });
      if (made.status !== 201) throw new Error(`not made: ${made.status} ${made.text}`);
      return String(made.json['id']);
    },
    ids: async (query = '') => {
      const { status, json, text } = await ask(`GET /api/images${query}`);
      if (status !== 200) throw new Error(`no list: ${status} ${text}`);
      return json.images.map(({ id }) => id);
    },
  };
}

/** A gateway with the embedded Glance for one file; its store is emptied by nobody. */
export function useDeltacloud(settings: Readonly<Record<string, unknown>> = {}): Deltacloud {
  return deltacloudAt(useGateway(settings));
}

/** A form as browsers send it. */
export const form = (fields: Readonly<Record<string, string>>) => ({
  type: 'application/x-www-form-urlencoded',
  body: new URLSearchParams(fields).toString(),
});

/** A form as `multipart/form-data`; parts are `[name, value, more headers]`. */
export function multipart(parts: readonly (readonly [string, string, string?])[]) {
  const boundary = 'b0undary';
  const written = parts.map(
    ([name, value, more = '']) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`,
  );
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: `${written.join('')}--${boundary}--\r\n`,
  };
}
