import type { Exchange, RequestBody, Sent } from '../../core/exchange.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import { type Background, type ByteStream, discard, isStream } from '../../core/upstream.ts';
import { inLargePieces, pipeOf, toReadableStream } from './streams.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the runtime refuses these in a header
const unwritable = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** Blanks around a value are none of it (RFC 9110, 5.5); the runtime leaves some. */
const blanks = /^[\t ]+|[\t ]+$/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the runtime lets these through, in a value
const control = /[\x00-\x08\x0a-\x1f\x7f]/;
/** What the runtime puts in the place of bytes that are no UTF-8. */
const replaced = '\ufffd';

const utf8 = new TextDecoder('utf-8', { fatal: true });

class WorkerBody implements RequestBody {
  readonly length: number | undefined;
  readonly announced: boolean;
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
    const length = request.headers.get('content-length');
    this.length = length === null ? undefined : Number(length);
    this.announced = request.body !== null && this.length !== 0;
  }

  stream = (): ByteStream => {
    const { body } = this.#request;
    if (!body) return new Blob([]).stream();
    // piped, it passes by without a turn of ours; only who wants to see the bytes iterates
    return Object.assign(body, { [Symbol.asyncIterator]: () => inLargePieces(body) });
  };

  bytes = async (limit: number): Promise<Uint8Array | Fault> => {
    if (!this.announced) return new Uint8Array(0);
    if ((this.length ?? 0) > limit) return fault('too-large');
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.stream()) {
      size += chunk.length;
      if (size > limit) return fault('too-large');
      chunks.push(chunk);
    }
    return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
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

/** The address of `address:port`, an IPv4 one in its own form. */
const addressOf = (connection: string): string =>
  connection.replace(/:\d+$/, '').replace(/^\[(?:::ffff:(?=\d+\.))?(.*)\]$/, '$1');

/** A request of workerd, seen as every platform's exchange. Its header values are Unicode text both ways. */
export class WorkerExchange implements Exchange {
  readonly method: string;
  readonly target: string;
  readonly listener = undefined;
  body: RequestBody;
  readonly background: Background;
  readonly #request: Request;

  constructor(request: Request, background: Background) {
    this.#request = request;
    this.background = background;
    this.method = request.method;
    // workerd alone has the target as it came, which a parsed URL would not
    this.target = request.url.replace(/^[a-z]+:\/\/[^/?#]*/, '');
    this.body = new WorkerBody(request);
  }

  get origin(): string {
    return new URL(this.#request.url).origin;
  }

  get peer(): string {
    const { cf, headers } = this.#request;
    // only Cloudflare, which tells the place, writes this header itself; elsewhere anybody may
    if (cf?.colo !== undefined) return headers.get('cf-connecting-ip') ?? '';
    return addressOf(cf?.clientIp ?? '');
  }

  header = (name: string): string | undefined =>
    this.#request.headers.get(name)?.replace(blanks, '');

  headers = (): Iterable<readonly [string, string]> =>
    [...this.#request.headers].map(([name, value]) => [name, value.replace(blanks, '')] as const);

  malformed = (): boolean => {
    const { headers } = this.#request;
    // two lengths of one body (RFC 9112, 6.3), of which somebody in front may have gone by the other
    if (headers.has('content-length') && headers.has('transfer-encoding')) return true;
    return [...headers].some(([name, value]) => name.includes(replaced) || control.test(value));
  };

  // repeated lines arrive joined; none of the headers that are asked about holds a comma and a blank by itself
  repeats = (name: string): boolean => this.#request.headers.get(name)?.includes(', ') ?? false;

  decode = (value: string): string | undefined => (value.includes(replaced) ? undefined : value);

  signal = (): AbortSignal => this.#request.signal;

  gone = (): boolean => this.#request.signal.aborted;

  respond = (reply: Reply, done: (sent: Sent) => void): Response => {
    const headers = new Headers();
    let length: number | undefined;
    for (const [name, value] of reply.headers) {
      if (name.toLowerCase() === 'content-length') length = Number(value);
      headers.append(name, value.replace(unwritable, ' '));
    }
    const { body, status } = reply;
    if (this.gone()) {
      discard(body);
      done({ bytes: 0, complete: false });
      return new Response(null, { status });
    }
    const bare = this.method === 'HEAD' || status === 204 || status === 304;
    if (bare) discard(body);
    if (bare || !isStream(body)) {
      const bytes =
        typeof body === 'string' ? new TextEncoder().encode(body) : (body as Uint8Array | null);
      const size = bytes?.length ?? 0;
      // a HEAD tells the length of what a GET would have said, where that was worked out
      if (this.method === 'HEAD' && size > 0 && length === undefined) {
        headers.set('content-length', String(size));
      }
      done({ bytes: bare ? 0 : size, complete: true });
      return new Response(bare ? null : bytes, { status, headers });
    }
    const pipe = pipeOf(length);
    const report = toReadableStream(body)
      .pipeTo(pipe.writable)
      .then(
        // to count what the runtime pipes would cost a turn for each piece
        () => done({ bytes: length, complete: true }),
        () => done({ bytes: undefined, complete: false }),
      );
    this.background(() => report);
    return new Response(pipe.readable, { status, headers });
  };
}
