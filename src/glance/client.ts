import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import { type Image, readImage } from '../core/image.ts';
import { parseJson } from '../core/json.ts';
import { type PatchStep, patchMediaType } from '../core/patch.ts';
import {
  type Body,
  type ByteStream,
  discard,
  type Send,
  type UpstreamAnswer,
  type UpstreamCall,
} from '../core/upstream.ts';
import { faultOf, faultOfFailure, textOf } from './answer.ts';
import { Recall } from './recall.ts';

/** One page of a list; `more` says whether Glance has another. Its link is never followed, only noticed. */
export interface Page {
  readonly images: readonly Image[];
  readonly more: boolean;
}

/** One project that an image is shared with. */
export interface Member {
  readonly memberId: string;
  readonly status: string;
}

/** Image data on its way out; `length` in bytes when Glance told. */
export interface Download {
  readonly body: Body;
  readonly length: number | undefined;
}

const json = 'application/json';
const octets = 'application/octet-stream';
/** Characters of Glance's answers whose reading is kept; with what was made of them it is about four times as much memory. */
const keptOfImages = 2 * 1024 * 1024;
const keptOfPages = 8 * 1024 * 1024;
const unusable = (): Fault => fault('upstream-broken');

function imagePath(id: string): string {
  return `/v2/images/${encodeURIComponent(id)}`;
}

function readPage(document: unknown): Page | undefined {
  const { images, next } = (document ?? {}) as { images?: unknown; next?: unknown };
  if (!Array.isArray(images)) return undefined;
  const read = [];
  for (const item of images) {
    const image = readImage(item);
    if (!image) return undefined;
    read.push(image);
  }
  return { images: read, more: next !== undefined && next !== null };
}

function readMember(value: unknown): Member | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { member_id: memberId, status } = value as Record<string, unknown>;
  if (typeof memberId !== 'string' || !memberId.isWellFormed()) return undefined;
  return { memberId, status: typeof status === 'string' ? status : 'pending' };
}

const tooManyCalls =
  'This takes more calls of the Image service than one request may cost here. Ask for less at once.';

type Request = Omit<UpstreamCall, 'headers'> & { readonly headers?: Record<string, string> };

/** Typed calls to Glance v2: the only module that composes upstream paths. Every method answers a value or a {@link Fault}. */
export class GlanceClient {
  readonly #send: Send;
  readonly #mostCalls: number;
  readonly #images = new Recall(keptOfImages, (text) => readImage(parseJson(text)));
  readonly #pages = new Recall(keptOfPages, (text) => readPage(parseJson(text)));

  /** `mostCalls`: how many one request may cost before it reads no further (`too-large`); changes are never left half-way. */
  constructor(send: Send, mostCalls = Number.POSITIVE_INFINITY) {
    this.#send = send;
    this.#mostCalls = mostCalls;
  }

  async #exchange(context: CallContext, call: Request): Promise<UpstreamAnswer | Fault> {
    const headers: Record<string, string> = { accept: json, ...call.headers };
    if (context.token !== undefined) headers['x-auth-token'] = context.token;
    headers['x-openstack-request-id'] = context.requestId;
    if (call.method === 'GET' && context.upstreamCalls >= this.#mostCalls) {
      return fault('too-large', tooManyCalls);
    }
    const start = performance.now();
    context.upstreamCalls += 1;
    try {
      const answer = await this.#send({ ...call, headers });
      if (answer.status >= 400) return await faultOf(answer);
      // a redirect is never followed: it may lead anywhere
      if (answer.status < 300) return answer;
      discard(answer.body);
      return unusable();
    } catch (error) {
      return faultOfFailure(error);
    } finally {
      context.upstreamMs += performance.now() - start;
    }
  }

  async #text(context: CallContext, call: Request): Promise<string | Fault> {
    const answer = await this.#exchange(context, call);
    if (isFault(answer)) return answer;
    try {
      return await textOf(answer);
    } catch (error) {
      return faultOfFailure(error);
    }
  }

  async #json(context: CallContext, call: Request): Promise<unknown | Fault> {
    const text = await this.#text(context, call);
    return isFault(text) ? text : (parseJson(text) ?? unusable());
  }

  async #image(context: CallContext, call: Request): Promise<Image | Fault> {
    const text = await this.#text(context, call);
    return isFault(text) ? text : (this.#images.read(text) ?? unusable());
  }

  async #nothing(context: CallContext, call: Request): Promise<undefined | Fault> {
    const answer = await this.#exchange(context, call);
    return isFault(answer) ? answer : undefined;
  }

  /** One image by id (`GET /v2/images/{id}`). */
  show(context: CallContext, id: string): Promise<Image | Fault> {
    return this.#image(context, { method: 'GET', target: imagePath(id) });
  }

  /** One page of images; `query` without the question mark. */
  async list(context: CallContext, query: string): Promise<Page | Fault> {
    const text = await this.#text(context, { method: 'GET', target: `/v2/images?${query}` });
    return isFault(text) ? text : (this.#pages.read(text) ?? unusable());
  }

  /**
   * Makes an image record (`POST /v2/images`). Not aborted when the client leaves: an aborted create would leave
   * a record that nobody knows of.
   */
  create(
    context: CallContext,
    document: Readonly<Record<string, unknown>>,
  ): Promise<Image | Fault> {
    return this.#image(context, {
      method: 'POST',
      target: '/v2/images',
      headers: { 'content-type': json },
      body: JSON.stringify(document),
    });
  }

  /** Changes an image in one atomic patch. */
  patch(context: CallContext, id: string, steps: readonly PatchStep[]): Promise<Image | Fault> {
    return this.#image(context, {
      method: 'PATCH',
      target: imagePath(id),
      headers: { 'content-type': patchMediaType },
      body: JSON.stringify(steps),
    });
  }

  remove(context: CallContext, id: string): Promise<undefined | Fault> {
    return this.#nothing(context, { method: 'DELETE', target: imagePath(id) });
  }

  /** Streams data into a queued image; `length` in bytes when known, else chunked. Ends early when the stream fails. */
  upload(
    context: CallContext,
    id: string,
    body: ByteStream | Uint8Array,
    length: number | undefined,
    store?: string,
  ): Promise<undefined | Fault> {
    return this.#nothing(context, {
      method: 'PUT',
      target: `${imagePath(id)}/file`,
      headers: {
        'content-type': octets,
        ...(length !== undefined && { 'content-length': String(length) }),
        ...(store !== undefined && { 'x-image-meta-store': store }),
      },
      body,
      signal: context.signal,
    });
  }

  /** The data of an image; a body of `null` when it has none (204). */
  async download(
    context: CallContext,
    id: string,
    signal?: AbortSignal,
  ): Promise<Download | Fault> {
    const answer = await this.#exchange(context, {
      method: 'GET',
      target: `${imagePath(id)}/file`,
      headers: { accept: octets },
      streamed: true,
      signal: signal ?? context.signal,
    });
    if (isFault(answer)) return answer;
    const length = Number(answer.headers['content-length'] ?? Number.NaN);
    return {
      body: answer.status === 204 ? null : answer.body,
      length: Number.isSafeInteger(length) ? length : undefined,
    };
  }

  async members(context: CallContext, id: string): Promise<readonly Member[] | Fault> {
    const target = `${imagePath(id)}/members`;
    const document = await this.#json(context, { method: 'GET', target });
    if (isFault(document)) return document;
    const { members } = document as { members?: unknown };
    if (!Array.isArray(members)) return unusable();
    const read = [];
    for (const item of members) {
      const member = readMember(item);
      if (!member) return unusable();
      read.push(member);
    }
    return read;
  }

  addMember(context: CallContext, id: string, member: string): Promise<undefined | Fault> {
    return this.#nothing(context, {
      method: 'POST',
      target: `${imagePath(id)}/members`,
      headers: { 'content-type': json },
      body: JSON.stringify({ member }),
    });
  }

  removeMember(context: CallContext, id: string, member: string): Promise<undefined | Fault> {
    const target = `${imagePath(id)}/members/${encodeURIComponent(member)}`;
    return this.#nothing(context, { method: 'DELETE', target });
  }

  /** Glance's version list, as it gives it to anyone (`GET /versions`). */
  async versions(context: CallContext): Promise<readonly Record<string, unknown>[] | Fault> {
    const document = await this.#json(context, {
      method: 'GET',
      target: '/versions',
    });
    if (isFault(document)) return document;
    const { versions } = document as { versions?: unknown };
    return Array.isArray(versions) ? (versions as Record<string, unknown>[]) : unusable();
  }
}
