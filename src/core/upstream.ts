/**
 * The contract between the gateway and the one Image service behind it.
 * The remote senders and the embedded Glance answer the same call, so that nothing above knows which it is.
 */

/** Runs work that must go on after the answer has gone; `stop` fires when there is no more time for it. */
export type Background = (work: (stop: AbortSignal) => Promise<unknown>) => void;

/** Bytes that arrive over time; a Node `Readable` and a web `ReadableStream` both are one. Never buffered. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** What a message carries: text or bytes already in memory, bytes that stream, or nothing. */
export type Body = string | Uint8Array | ByteStream | null;

export const isStream = (body: Body | undefined): body is ByteStream =>
  typeof body === 'object' && body !== null && !(body instanceof Uint8Array);

/** Bytes beyond what may come that are read, and thrown away, so that whoever sends them hears the answer. */
export const longestExcess = 64 * 1024 * 1024;

/** Lets go of a body that nobody will read, and of the connection that it comes over. */
export function discard(body: Body | undefined): void {
  if (!isStream(body)) return;
  if ('destroy' in body && typeof body.destroy === 'function') body.destroy();
  else if ('cancel' in body && typeof body.cancel === 'function') void body.cancel();
  else void body[Symbol.asyncIterator]().return?.();
}

/** One request to Glance. */
export interface UpstreamCall {
  readonly method: string;
  /** Path and query, beginning with `/`, percent-encoded as it goes on the wire. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Image data: the answer's body is handed over as a stream, unread. */
  readonly streamed?: boolean;
  /** Aborting it ends the exchange and whatever it was doing. */
  readonly signal?: AbortSignal | undefined;
  /** Keeps work of the embedded Glance alive that goes on after its answer. */
  readonly background?: Background | undefined;
}

/** Glance's answer; `headers` has lower-case names, repeated ones joined by `, `. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Each `Set-Cookie` line, where the answer came over the network: they cannot be told apart once joined. */
  readonly cookies?: readonly string[];
  readonly body: Body;
}

/** Sends one call. Rejects with {@link UpstreamFailure} when there is no answer. */
export type Send = (call: UpstreamCall) => Promise<UpstreamAnswer>;

/** Why there is no answer: nobody there, too slow, not understandable, or more than is read. */
export type UpstreamFailureKind = 'unreachable' | 'timeout' | 'broken' | 'too-large';

/** No usable answer from Glance. Never carries a credential or a URL. */
export class UpstreamFailure extends Error {
  readonly kind: UpstreamFailureKind;
  constructor(kind: UpstreamFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamFailure';
    this.kind = kind;
  }
}
