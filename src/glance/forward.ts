import type { CallContext } from '../core/call.ts';
import type { Exchange } from '../core/exchange.ts';
import type { Fault } from '../core/fault.ts';
import type { Reply } from '../core/reply.ts';
import type { Send } from '../core/upstream.ts';
import { faultOfFailure } from './answer.ts';
import type { PassPolicy } from './pass.ts';

/** Whether a path leads to image data, which is never held in memory. */
export const isData = (target: string): boolean => /\/(?:file|stage)(?:\?|$)/.test(target);

/** What takes the place of a client's method and body. */
export interface Instead {
  readonly method: string;
  readonly body: Uint8Array;
}

/** Sends a client's own request on to a service: `target` as it came, headers by an allow-list. */
export type Forward = (
  exchange: Exchange,
  target: string,
  context: CallContext,
  base: string,
  instead?: Instead,
) => Promise<Reply | Fault>;

/**
 * Pass-through by way of a sender: bodies stream in both directions, whatever the sender is. Faults: Glance not to be
 * had, or a redirect to elsewhere.
 */
export function createForward(send: Send, policy: PassPolicy): Forward {
  return async (exchange, target, context, base, instead) => {
    const { body } = exchange;
    const method = instead?.method ?? exchange.method;
    const headers = policy.request(exchange, context.requestId);
    const length = instead?.body.length ?? body.length;
    if (length !== undefined) headers['content-length'] = String(length);
    const start = performance.now();
    context.upstreamCalls += 1;
    try {
      const answer = await send({
        method,
        target,
        headers,
        body: instead?.body ?? (body.announced ? body.stream() : null),
        streamed: isData(target),
        signal: context.signal,
        background: context.background,
      });
      return policy.reply(answer, base);
    } catch (error) {
      return faultOfFailure(error);
    } finally {
      context.upstreamMs += performance.now() - start;
    }
  };
}
