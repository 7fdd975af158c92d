import type { Fault } from './fault.ts';
import type { Reply } from './reply.ts';
import type { Background, ByteStream } from './upstream.ts';

/** What a client sent after the headers. */
export interface RequestBody {
  /** `Content-Length` in bytes; `undefined` when chunked or not given. */
  readonly length: number | undefined;
  /** Whether the transport announces a body: a length above 0, or chunks (which may turn out empty). */
  readonly announced: boolean;
  /** The bytes as they come; beginning to read them tells a waiting client to go on (100 Continue). */
  readonly stream: () => ByteStream;
  /** The whole body, for small documents. Fault: `too-large` over `limit` bytes. */
  readonly bytes: (limit: number) => Promise<Uint8Array | Fault>;
  /** The same as text. Faults: `too-large` over `limit` bytes, `bad-request` for what is not UTF-8. */
  readonly text: (limit: number) => Promise<string | Fault>;
  /** What was wrong with the body of a stream that has failed, where it is held to something. */
  readonly broken?: () => Fault | undefined;
}

/** One request as a platform hands it over, and the way to answer it. Both runtimes implement it; one contract test holds them to it. */
export interface Exchange {
  readonly method: string;
  /** Path and query exactly as they came, never normalised. */
  readonly target: string;
  /** Name of the one-dialect listener that took the request; `undefined` on the combined one. */
  readonly listener: string | undefined;
  /** `scheme://host:port` that the request arrived at, by the socket's word, not the client's. */
  readonly origin: string;
  /** Address of the other end of the connection. */
  readonly peer: string;
  /** A header's value, by lower-case name, repeated ones joined; bytes above 0x7f as the platform has them. */
  readonly header: (name: string) => string | undefined;
  /** All headers, lower-case names. */
  readonly headers: () => Iterable<readonly [name: string, value: string]>;
  /** Whether a header came more than once. */
  readonly repeats: (name: string) => boolean;
  /** Whether a header holds what none may, or there are two lengths of the body, where the runtime has let it through. */
  readonly malformed: () => boolean;
  /** A header value as the UTF-8 text that its bytes are; `undefined` when they are none. */
  readonly decode: (value: string) => string | undefined;
  /** What the client sends; the edge may put a limited one in its place. */
  body: RequestBody;
  /** Fires when the client has gone. */
  readonly signal: () => AbortSignal;
  readonly gone: () => boolean;
  /** Keeps work alive that must finish after the answer has gone. */
  readonly background: Background;
  /** Writes the answer; header values of a reply are Unicode, the platform writes UTF-8 bytes. `done` runs once, when it is over. */
  readonly respond: (reply: Reply, done: (sent: Sent) => void) => Response | Promise<Response>;
}

/** What became of an answer. */
export interface Sent {
  /** Bytes of body handed to the connection; `undefined` where the platform does not tell. */
  readonly bytes: number | undefined;
  /** `false` when the connection broke before the end. */
  readonly complete: boolean;
}
