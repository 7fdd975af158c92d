import type { Background, Body, ByteStream } from '../../src/core/upstream.ts';
import {
  createEmbeddedGlance,
  type EmbeddedGlance,
  type EmbeddedOptions,
  MemoryStore,
} from '../../src/embedded/index.ts';

export interface ImageJson {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly [field: string]: unknown;
}

/** What the JSON answers hold; only what an answer has is there. */
export interface AnswerJson extends ImageJson {
  readonly images: readonly ImageJson[];
  readonly members: readonly Readonly<Record<string, unknown>>[];
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  readonly first: string;
  readonly next?: string;
  readonly message: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: AnswerJson;
}

export interface Asked {
  readonly token?: string;
  readonly json?: unknown;
  readonly body?: Body;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly background?: Background;
}

export const patchType = 'application/openstack-images-v2.1-json-patch';
export const demoProject = '0d000000000000000000000000000002';
export const altProject = '0e000000000000000000000000000003';

/** Reads a body to its end. */
export async function bytesOf(body: Body): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk.slice());
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

function parse(text: string): AnswerJson {
  try {
    return JSON.parse(text) as AnswerJson;
  } catch {
    return {} as AnswerJson;
  }
}

/** A small client of an embedded Glance, for tests. */
export class Client {
  readonly glance: EmbeddedGlance;
  constructor(glance: EmbeddedGlance) {
    this.glance = glance;
  }

  async ask(method: string, target: string, asked: Asked = {}): Promise<Reply> {
    const { token = 'demo-token', json, signal, background } = asked;
    const body = json === undefined ? (asked.body ?? null) : JSON.stringify(json);
    const headers = { host: 'glance.test', 'x-auth-token': token, ...asked.headers };
    const answer = await this.glance.send({
      method,
      target,
      headers,
      body,
      signal,
      background,
    });
    const text = new TextDecoder().decode(await bytesOf(answer.body));
    return { status: answer.status, headers: answer.headers, text, json: parse(text) };
  }

  /** Makes an image and gives its record. */
  async image(attributes: Record<string, unknown> = {}, token = 'demo-token'): Promise<ImageJson> {
    const reply = await this.ask('POST', '/v2/images', { token, json: attributes });
    if (reply.status !== 201) throw new Error(`${reply.status} ${reply.text}`);
    return reply.json;
  }

  /** Makes an image that can take data at once. */
  rawImage(attributes: Record<string, unknown> = {}, token = 'demo-token'): Promise<ImageJson> {
    return this.image({ disk_format: 'raw', container_format: 'bare', ...attributes }, token);
  }

  upload(id: string, body: Body, asked: Asked = {}): Promise<Reply> {
    const headers = { 'content-type': 'application/octet-stream', ...asked.headers };
    return this.ask('PUT', `/v2/images/${id}/file`, { ...asked, body, headers });
  }

  patch(id: string, changes: unknown, asked: Asked = {}): Promise<Reply> {
    const headers = { 'content-type': patchType, ...asked.headers };
    return this.ask('PATCH', `/v2/images/${id}`, { ...asked, json: changes, headers });
  }

  async show(id: string, token = 'demo-token'): Promise<ImageJson> {
    return (await this.ask('GET', `/v2/images/${id}`, { token })).json;
  }

  async names(query = '', token = 'demo-token'): Promise<string[]> {
    const reply = await this.ask('GET', `/v2/images${query}`, { token });
    return reply.json.images.map((image) => String(image.name));
  }
}

/** A client of a fresh embedded Glance that keeps nothing. */
export function freshClient(options: Partial<EmbeddedOptions> = {}): Client {
  return new Client(createEmbeddedGlance({ store: new MemoryStore(), ...options }));
}

/** Bytes that arrive in pieces. */
export async function* streamOf(
  ...pieces: (string | Uint8Array)[]
): ByteStream & AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    yield typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
  }
}

/** The sentence of a plain-text error. */
export function sentenceOf(reply: Reply): string {
  return (reply.text.split('\n\n')[1] ?? '').trim();
}
