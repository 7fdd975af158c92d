import { isStream, type Send, UpstreamFailure } from '../../core/upstream.ts';
import type { Timeouts } from '../platform.ts';
import { addressWithHost } from './host.ts';
import { pipeOf, toReadableStream, watched } from './streams.ts';

/** Anything that fetches: the global one, or a service binding. */
export interface Fetcher {
  fetch(request: Request): Promise<Response>;
}

const globalFetcher: Fetcher = { fetch: (request) => fetch(request) };

/** The runtime refuses a body of theirs, which would mean nothing anyway. */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** A remote service on workerd, by its binding where it has one. Redirects are answers; bodies stream both ways, with their length when it is known. */
export function createWorkerUpstream(
  serviceUrl: string,
  bound: Fetcher | undefined,
  timeouts: Timeouts,
): Send {
  const fetcher = bound ?? globalFetcher;
  const root = serviceUrl.replace(/\/+$/, '');
  return async (call) => {
    const { 'content-length': length, ...said } = call.headers;
    const { base, headers } = addressWithHost(root, said, bound !== undefined);
    const ending = new AbortController();
    let answered = false;
    let silent = false;
    let body = bodiless.has(call.method) ? null : (call.body ?? null);
    let silence: ReturnType<typeof setTimeout> | undefined;
    if (isStream(body)) {
      const pipe = pipeOf(length === undefined ? undefined : Number(length));
      // a stream that fails would be ended like one that is whole: nothing but an end of the exchange cuts it
      toReadableStream(body)
        .pipeTo(pipe.writable, { preventAbort: true })
        .catch(() => answered || ending.abort());
      body = pipe.readable;
    } else {
      silence = setTimeout(() => {
        silent = true;
        ending.abort();
      }, timeouts.firstByte);
    }
    const { signal } = ending;
    const request = new Request(base + call.target, {
      method: call.method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      body: body as ReadableStream | string | null,
      redirect: 'manual',
      signal: call.signal ? AbortSignal.any([call.signal, signal]) : signal,
    });
    try {
      const answer = await fetcher.fetch(request);
      answered = true;
      const plain: Record<string, string> = {};
      for (const [name, value] of answer.headers) plain[name] = value;
      if (plain['content-encoding'] !== undefined) {
        // the runtime has decoded it already
        delete plain['content-encoding'];
        delete plain['content-length'];
      }
      // image data passes without a turn of ours
      const { body: data } = answer;
      const read = call.streamed || !data ? data : watched(data, timeouts.idle);
      const cookies = answer.headers.getSetCookie();
      return { status: answer.status, headers: plain, cookies, body: read };
    } catch (error) {
      const kind = silent ? 'timeout' : 'unreachable';
      throw new UpstreamFailure(kind, 'no answer', { cause: error });
    } finally {
      // the answer's body may take as long as it takes
      clearTimeout(silence);
    }
  };
}
