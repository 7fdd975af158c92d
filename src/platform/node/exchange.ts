import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { finished } from 'node:stream';
import type { Exchange, RequestBody, Sent } from '../../core/exchange.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import { type Background, type ByteStream, discard, longestExcess } from '../../core/upstream.ts';
import { giveBack, makesPieces } from './give-back.ts';
import { decodeHeader, encodeHeaderLines } from './header-bytes.ts';
import { LateStream, toReadable } from './readable.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

class NodeBody implements RequestBody {
  readonly length: number | undefined;
  readonly announced: boolean;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #waits: boolean;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#waits = incoming.headers.expect !== undefined;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    const length = incoming.headers['content-length'];
    this.length = length === undefined ? undefined : Number(length);
    this.announced = (this.length ?? 0) > 0 || incoming.headers['transfer-encoding'] !== undefined;
  }

  /** Whether the client still holds its body back. */
  get unasked(): boolean {
    return this.#waits;
  }

  stream = (): ByteStream => {
    // clients that expect "100 Continue" have sent nothing yet, and are told to only when somebody begins to read
    return this.#waits ? new LateStream(() => this.#told()) : this.#incoming;
  };

  #told(): IncomingMessage {
    if (this.#waits && !this.#outgoing.headersSent) this.#outgoing.writeContinue();
    this.#waits = false;
    return this.#incoming;
  }

  bytes = async (limit: number): Promise<Uint8Array | Fault> => {
    if (!this.announced) return new Uint8Array(0);
    if ((this.length ?? 0) > limit) return fault('too-large');
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      // what is too much must not end the connection, over which the client is to be told
      for await (const chunk of this.#told().iterator({ destroyOnReturn: false })) {
        size += chunk.length;
        if (size > limit) return fault('too-large');
        chunks.push(chunk);
      }
    } catch {
      return fault('bad-request', 'The body broke off.');
    }
    return Buffer.concat(chunks);
  };

  text = async (limit: number): Promise<string | Fault> => {
    const bytes = await this.bytes(limit);
    if (isFault(bytes)) return bytes;
    try {
      return utf8.decode(bytes);
    } catch {
      return fault('bad-request', 'The body is not UTF-8.');
    }
  };
}

/** Said to Hono, which wants a response; the real one has gone out by then. */
const alreadySent = new Response(null);

/** How a listener presents itself. */
export interface ListenerFacts {
  /** Dialect listener name; `undefined` for the combined one. */
  readonly listener: string | undefined;
  readonly scheme: 'http' | 'https';
  readonly background: Background;
  /** Told of what should not have happened. */
  readonly report: (error: unknown) => void;
}

function promisedLength(lines: readonly string[]): number | undefined {
  const at = lines.findIndex((line, i) => i % 2 === 0 && line.toLowerCase() === 'content-length');
  return at < 0 ? undefined : Number(lines[at + 1]);
}

/** Path and query of a request line; an absolute-form target loses its scheme and host, which are never believed. */
function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/');
}

/** A request of `node:http`, seen as every platform's exchange; answers go straight to the socket. */
export class NodeExchange implements Exchange {
  readonly method: string;
  readonly target: string;
  readonly listener: string | undefined;
  body: RequestBody;
  readonly background: Background;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly #scheme: string;
  // an incoming message that was destroyed has none any more
  readonly #socket: Socket;
  readonly #received: NodeBody;
  readonly #report: ListenerFacts['report'];
  #abort: AbortController | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, facts: ListenerFacts) {
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.method = incoming.method ?? 'GET';
    this.target = originForm(incoming.url ?? '/');
    this.listener = facts.listener;
    this.#scheme = facts.scheme;
    this.background = facts.background;
    this.#socket = incoming.socket;
    this.#received = new NodeBody(incoming, outgoing);
    this.#report = facts.report;
    this.body = this.#received;
  }

  get origin(): string {
    const { localAddress = '127.0.0.1', localPort } = this.#socket;
    const host = localAddress.replace(/^::ffff:/, '');
    return `${this.#scheme}://${host.includes(':') ? `[${host}]` : host}:${localPort}`;
  }

  get peer(): string {
    return (this.#socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  }

  header = (name: string): string | undefined => {
    const value = this.incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };

  headers = (): Iterable<readonly [string, string]> => {
    const entries: [string, string][] = [];
    for (const [name, value] of Object.entries(this.incoming.headers)) {
      if (value !== undefined)
        entries.push([name, Array.isArray(value) ? value.join(', ') : value]);
    }
    return entries;
  };

  repeats = (name: string): boolean => {
    const { rawHeaders } = this.incoming;
    let seen = false;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const raw = rawHeaders[i];
      if (raw?.length !== name.length || raw.toLowerCase() !== name) continue;
      if (seen) return true;
      seen = true;
    }
    return false;
  };

  // the parser has refused such a request
  malformed = (): boolean => false;

  decode = decodeHeader;

  signal = (): AbortSignal => {
    if (!this.#abort) {
      const abort = new AbortController();
      this.#abort = abort;
      const onClose = () => {
        if (!this.outgoing.writableFinished) abort.abort();
      };
      if (this.outgoing.closed) onClose();
      else this.outgoing.once('close', onClose);
    }
    return this.#abort.signal;
  };

  gone = (): boolean => this.outgoing.closed && !this.outgoing.writableFinished;

  respond = (reply: Reply, done: (sent: Sent) => void): Response => {
    this.#drainRefusedUpload();
    const { outgoing } = this;
    const { body, status } = reply;
    let bytes = 0;
    const finish = (): void => {
      try {
        done({ bytes, complete: outgoing.writableFinished });
      } catch (error) {
        // nobody is left to answer, and the other requests go on
        this.#report(error);
      }
    };
    if (outgoing.closed) {
      finish();
      return alreadySent;
    }
    outgoing.once('close', finish);
    const { lines, ascii } = encodeHeaderLines(reply.headers);
    if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
      // text goes out in one write with the headers, which Node would then write as UTF-8 a second time
      const content =
        body === null || (ascii && typeof body === 'string') ? body : Buffer.from(body);
      bytes = content === null ? 0 : Buffer.byteLength(content);
      const bare = this.method === 'HEAD' || status === 204 || status === 304;
      // a HEAD tells the length of what a GET would have said, where that was worked out
      const tellsLength = bare ? this.method === 'HEAD' && bytes > 0 : true;
      if (tellsLength && promisedLength(lines) === undefined) {
        lines.push('Content-Length', String(bytes));
      }
      outgoing.writeHead(status, lines);
      if (bare) bytes = 0;
      outgoing.end(bare ? null : content);
      return alreadySent;
    }
    outgoing.writeHead(status, lines);
    if (this.method === 'HEAD') {
      discard(body);
      outgoing.end();
      return alreadySent;
    }
    // headers leave as latin-1 only in a write of their own or with bytes, never together with text
    this.#pour(body, promisedLength(lines), (size) => {
      bytes += size;
    });
    return alreadySent;
  };

  /** Sends a stream, exactly as long as promised: what is over would be read as the next answer, one byte less leaves the client waiting. */
  #pour(body: ByteStream, length: number | undefined, count: (size: number) => void): void {
    const { outgoing } = this;
    const stream = toReadable(body);
    const done = makesPieces(stream) ? giveBack : () => undefined;
    let left = length ?? Number.POSITIVE_INFINITY;
    stream.on('data', (piece: Uint8Array) => {
      const part = piece.length > left ? piece.subarray(0, left) : piece;
      left -= part.length;
      count(part.length);
      if (!outgoing.write(part, (error) => error ?? done(piece))) stream.pause();
      if (part !== piece) stream.destroy();
    });
    outgoing.on('drain', () => stream.resume());
    finished(outgoing, () => stream.destroy());
    finished(stream, (error) => {
      const whole = length === undefined ? !error : left === 0;
      if (whole) outgoing.end();
      else outgoing.destroy();
    });
  }

  /** Lets the rest of an upload run out after an early answer, within bounds; beyond them the connection ends. */
  #drainRefusedUpload(): void {
    const { incoming, outgoing } = this;
    if (incoming.complete || !this.body.announced) return;
    if (this.#received.unasked && incoming.readableFlowing === null) {
      // nothing was asked for, so nothing comes; what would come belongs to no request
      outgoing.shouldKeepAlive = false;
      return;
    }
    let left = longestExcess;
    incoming.on('data', (chunk: Uint8Array) => {
      left -= chunk.length;
      if (left < 0) this.#socket.destroy();
    });
    incoming.on('error', () => undefined);
    // whoever read the beginning has stopped it
    incoming.resume();
  }
}
