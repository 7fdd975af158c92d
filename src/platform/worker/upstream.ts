import { isStream, type Send, UpstreamFailure } from '../../core/upstream.ts';
import { addressWithHost } from './host.ts';
import { toReadableStream, withLength } from './streams.ts';

/** Anything that fetches: the global one, or a service binding. */
export interface Fetcher {
  fetch(request: Request): Promise<Response>;
}

const globalFetcher: Fetcher = { fetch: (request) => fetch(request) };

/** A remote service on workerd, by its binding where it has one. Redirects are answers; bodies stream both ways, with their length when it is known. */
export function createWorkerUpstream(
  serviceUrl: string,
  bound: Fetcher | undefined,
  firstByte: number,
): Send {
  const fetcher = bound ?? globalFetcher;
  const root = serviceUrl.replace(/\/+$/, '');
  return async (call) => {
    const { 'content-length': length, ...said } = call.headers;
    const { base, headers } = addressWithHost(root, said, bound !== undefined);
    let { body } = call;
    let failed: Promise<never> | undefined;
    if (isStream(body)) {
      const known = length === undefined ? undefined : Number(length);
      const sent = withLength(toReadableStream(body), known);
      body = sent.body;
      failed = sent.finished.then(() => new Promise<never>(() => {}));
    }
    const silence = AbortSignal.timeout(firstByte);
    const signals = [...(call.signal ? [call.signal] : []), ...(failed ? [] : [silence])];
    const request = new Request(base + call.target, {
      method: call.method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      body: (body ?? null) as ReadableStream | string | null,
      redirect: 'manual',
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
    });
    try {
      const answer = await Promise.race([fetcher.fetch(request), ...(failed ? [failed] : [])]);
      const plain: Record<string, string> = {};
      for (const [name, value] of answer.headers) plain[name] = value;
      if (plain['content-encoding'] !== undefined) {
        // the runtime has decoded it already
        delete plain['content-encoding'];
        delete plain['content-length'];
      }
      const cookies = answer.headers.getSetCookie();
      return { status: answer.status, headers: plain, cookies, body: answer.body };
    } catch (error) {
      const kind = silence.aborted && !failed ? 'timeout' : 'unreachable';
      throw new UpstreamFailure(kind, 'no answer', { cause: error });
    }
  };
}
