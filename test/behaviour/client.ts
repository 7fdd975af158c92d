import { expect } from 'vitest';
import type { Answer, Target, Who } from './target.ts';

/** An image in v1's JSON. */
export interface V1Image {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly size: number;
  readonly checksum: string | null;
  readonly owner: string | null;
  readonly is_public: boolean;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly [field: string]: unknown;
}

/** What the JSON answers hold; only what an answer has is there. */
export interface Document {
  readonly image: V1Image;
  readonly images: readonly V1Image[];
  readonly members: readonly { readonly member_id: string; readonly can_share: boolean }[];
  readonly shared_images: readonly { readonly image_id: string; readonly can_share: boolean }[];
  readonly versions: readonly {
    readonly id: string;
    readonly status: string;
    readonly links: readonly { readonly rel: string; readonly href: string }[];
  }[];
  readonly id: string;
  readonly message: string;
  readonly code: string;
  readonly [field: string]: unknown;
}

export interface Reply extends Answer {
  readonly text: string;
  readonly json: Document;
}

export interface Options {
  /** Whose token is sent; `null` for none. Demo's when not said. */
  readonly as?: Who | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | readonly string[];
  readonly json?: unknown;
}

const utf8 = new TextEncoder();
export const octets = { 'content-type': 'application/octet-stream' } as const;
export const rawFormats = { disk_format: 'raw', container_format: 'bare' } as const;
export const patchType = 'application/openstack-images-v2.1-json-patch';

/** Texts that are used as image data, with their MD5. */
export const hello = { text: 'hello', md5: '5d41402abc4b2a76b9719d911017c592' } as const;
export const emptyMd5 = 'd41d8cd98f00b204e9800998ecf8427e';
/** A well-formed id that no image has. */
export const nobody = '00000000-0000-4000-8000-000000000000';

function parse(text: string): Document {
  try {
    return JSON.parse(text) as Document;
  } catch {
    return {} as Document;
  }
}

/** Metadata as v1's headers. */
export function meta(fields: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [`x-image-meta-${name}`, String(value)]),
  );
}

/** Properties as v1's headers. */
export function props(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [`x-image-meta-property-${name}`, value]),
  );
}

/** A v1 and v2 client of a target, for tests. */
export class Client {
  readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  async ask(method: string, path: string, options: Options = {}): Promise<Reply> {
    const { as = 'demo', json } = options;
    const body = json === undefined ? options.body : JSON.stringify(json);
    const answer = await this.target.fetch({
      method,
      path,
      headers: {
        ...(as !== null && { 'x-auth-token': this.target.tokens[as] }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      body: typeof body === 'string' ? utf8.encode(body) : body?.map((chunk) => utf8.encode(chunk)),
    });
    const text = new TextDecoder().decode(answer.body);
    return { ...answer, text, json: parse(text) };
  }

  get(path: string, options?: Options): Promise<Reply> {
    return this.ask('GET', path, options);
  }

  head(id: string, options?: Options): Promise<Reply> {
    return this.ask('HEAD', `/v1/images/${id}`, options);
  }

  put(id: string, headers: Readonly<Record<string, string>> = {}, options: Options = {}) {
    return this.ask('PUT', `/v1/images/${id}`, { ...options, headers });
  }

  post(headers: Readonly<Record<string, string>> = {}, options: Options = {}): Promise<Reply> {
    return this.ask('POST', '/v1/images', { ...options, headers });
  }

  remove(id: string, options?: Options): Promise<Reply> {
    return this.ask('DELETE', `/v1/images/${id}`, options);
  }

  /** Reserves an image. */
  async reserve(
    fields: Readonly<Record<string, string | number>> = {},
    as: Who = 'demo',
  ): Promise<V1Image> {
    const reply = await this.post(meta(fields), { as });
    expect(reply.status, reply.text).toBe(201);
    return reply.json.image;
  }

  /** Makes an image with data. */
  async create(
    data: string | readonly string[],
    fields: Readonly<Record<string, string | number>> = {},
    as: Who = 'demo',
  ): Promise<V1Image> {
    const headers = { ...octets, ...meta({ ...rawFormats, ...fields }) };
    const reply = await this.post(headers, { as, body: data });
    expect(reply.status, reply.text).toBe(201);
    return reply.json.image;
  }

  /** An image's JSON as a list shows it; v1 has no other way to JSON than a list or a change. */
  async find(id: string, as: Who = 'demo'): Promise<V1Image | undefined> {
    const { json } = await this.get('/v1/images/detail?limit=1000', { as });
    return json.images.find((image) => image.id === id);
  }

  /** Names that a v1 list has, in its order. */
  async names(query: string, as: Who = 'demo'): Promise<(string | null)[]> {
    const reply = await this.get(`/v1/images?${query}`, { as });
    expect(reply.status, reply.text).toBe(200);
    return reply.json.images.map((image) => image.name);
  }

  /** Makes an image through v2. */
  async v2Create(attributes: Readonly<Record<string, unknown>>, as: Who = 'demo') {
    const reply = await this.ask('POST', '/v2/images', { as, json: attributes });
    expect(reply.status, reply.text).toBe(201);
    return reply.json;
  }

  async v2Show(id: string, as: Who = 'demo'): Promise<Document> {
    const reply = await this.get(`/v2/images/${id}`, { as });
    expect(reply.status, reply.text).toBe(200);
    return reply.json;
  }

  v2Patch(id: string, steps: unknown, as: Who = 'demo'): Promise<Reply> {
    const headers = { 'content-type': patchType };
    return this.ask('PATCH', `/v2/images/${id}`, { as, headers, body: JSON.stringify(steps) });
  }

  async v2Upload(id: string, data: string, as: Who = 'demo'): Promise<void> {
    const reply = await this.ask('PUT', `/v2/images/${id}/file`, {
      as,
      headers: octets,
      body: data,
    });
    expect(reply.status, reply.text).toBe(204);
  }

  /** Shares an image with a project. */
  async share(id: string, project: string, as: Who = 'demo'): Promise<void> {
    const reply = await this.ask('PUT', `/v1/images/${id}/members/${project}`, { as });
    expect(reply.status, reply.text).toBe(204);
  }

  /** Takes every image away. */
  async clear(): Promise<void> {
    const { json } = await this.get('/v2/images?visibility=all&limit=1000', { as: 'admin' });
    for (const { id } of json.images) {
      const reply = await this.ask('DELETE', `/v2/images/${id}`, { as: 'admin' });
      if (reply.status !== 403) continue;
      const steps = [{ op: 'replace', path: '/protected', value: false }];
      await this.v2Patch(id, steps, 'admin');
      await this.ask('DELETE', `/v2/images/${id}`, { as: 'admin' });
    }
  }
}
