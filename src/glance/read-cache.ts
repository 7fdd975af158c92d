import type { Send, UpstreamAnswer, UpstreamCall } from '../core/upstream.ts';
import { KeyedCache } from './keyed-cache.ts';

/** Glance's answers to reads, used again for a while. */
export interface ReadCache {
  /** The sender to put in the place of the one given. */
  readonly through: (send: Send) => Send;
  /** Forgets everything: something was written. */
  readonly clear: () => void;
}

/** Milliseconds that an answer is used, and bytes of all of them. */
export interface ReadCacheOptions {
  readonly keepFor: number;
  readonly size: number;
  /** Whether equal reads at the same time may wait for one answer. */
  readonly joins?: boolean;
}

interface Whole extends UpstreamAnswer {
  readonly body: Uint8Array;
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** They name a request and change no answer. */
const nameOnly: ReadonlySet<string> = new Set([
  'x-openstack-request-id',
  'user-agent',
  'traceparent',
  'tracestate',
]);
/** They ask for a part of an answer, or for none if nothing has changed. */
const partial = /^(?:range|if-[a-z-]+)$/;

/** What an answer depends on, the credential among it; `undefined` for a call that must be made. */
function questionOf({ method, target, headers, body, streamed }: UpstreamCall) {
  if (!methods.has(method) || streamed || body || !target.startsWith('/v2/')) return undefined;
  if (headers['x-auth-token'] === undefined) return undefined;
  const names = Object.keys(headers).filter((name) => !nameOnly.has(name));
  if (names.some((name) => partial.test(name))) return undefined;
  return [method, target, ...names.sort().flatMap((name) => [name, headers[name] ?? ''])];
}

async function wholeOf({ status, headers, body }: UpstreamAnswer): Promise<Whole> {
  const { 'x-openstack-request-id': _, ...others } = headers;
  // a copy: what came over a socket is a piece of something larger
  const bytes = await new Response(body as ConstructorParameters<typeof Response>[0]).arrayBuffer();
  return { status, headers: others, body: new Uint8Array(bytes) };
}

/**
 * Keeps what Glance answers to reads (200 only, never image data) under a keyed hash of the credential and the question;
 * equal questions at the same time are asked once, where they may. It keeps no answer of ours: what a dialect makes of Glance's is made
 * for each request.
 */
export function createReadCache({ keepFor, size, joins = true }: ReadCacheOptions): ReadCache {
  const cache = new KeyedCache<Whole>({
    room: { size, sizeOf: ({ body }) => body.length + 1 },
    joins,
  });
  const ask = async (send: Send, call: UpstreamCall) => {
    const value = await wholeOf(await send(call));
    return { value, life: value.status === 200 ? keepFor : 0 };
  };
  return {
    through: (send) => async (call) => {
      const question = questionOf(call);
      if (!question) return send(call);
      const { signal: _, ...lasting } = call;
      // where others may be waiting for the answer, no client's leaving ends the call
      const asked = joins ? lasting : call;
      return (await cache.find(question, () => ask(send, asked))) ?? send(call);
    },
    clear: () => cache.clear(),
  };
}
