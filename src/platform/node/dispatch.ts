import type { Dispatcher, Pool } from 'undici';
import { type UpstreamAnswer, type UpstreamCall, UpstreamFailure } from '../../core/upstream.ts';
import { answerLimit } from '../../glance/answer.ts';
import { failureOf } from './failure.ts';

type Headers = Record<string, string | string[] | undefined>;

function flat(headers: Headers): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) lines[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return lines;
}

/** Collects one small answer; the cheapest of undici's interfaces, without streams or promises of its own. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: UpstreamAnswer) => void;
  readonly #reject: (error: unknown) => void;
  #status = 0;
  #headers: Record<string, string> = {};
  #cookies: readonly string[] = [];
  #chunks: Buffer[] = [];
  #size = 0;
  #begun = false;

  constructor(resolve: (answer: UpstreamAnswer) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(): void {}

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return;
    this.#begun = true;
    this.#status = status;
    this.#headers = flat(headers);
    this.#cookies = [headers['set-cookie'] ?? []].flat();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > answerLimit) {
      controller.abort(new UpstreamFailure('too-large', 'answer too large'));
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      cookies: this.#cookies,
      body: only ?? null,
    });
  }

  onResponseError(_: unknown, error: Error): void {
    const failure = failureOf(error);
    // an answer that broke off in the middle is no answer, and asking again would not be the same question
    const broken = this.#begun && failure.kind === 'unreachable';
    this.#reject(
      broken ? new UpstreamFailure('broken', 'answer broke off', { cause: error }) : failure,
    );
  }
}

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function once(pool: Pool, prefix: string, call: UpstreamCall): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    pool.dispatch(
      {
        method: call.method as Dispatcher.HttpMethod,
        path: prefix + call.target,
        headers: call.headers,
        body: (call.body ?? null) as string | Uint8Array | null,
      },
      new Collector(resolve, reject),
    );
  });
}

/**
 * One call without streams. Only GET and HEAD are tried again, once, and only when the connection was lost before an
 * answer: a kept connection may have been closed at the other end just then.
 */
export async function dispatchCall(
  pool: Pool,
  prefix: string,
  call: UpstreamCall,
): Promise<UpstreamAnswer> {
  try {
    return await once(pool, prefix, call);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== 'unreachable' || !repeatable.has(call.method)) throw failure;
    try {
      return await once(pool, prefix, call);
    } catch (second) {
      throw failureOf(second);
    }
  }
}
