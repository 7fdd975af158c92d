import type { CallContext } from '../../src/core/call.ts';

/** A request of nobody in particular, whose client stays. */
export function callContext(): CallContext {
  return {
    token: undefined,
    requestId: 'req-00000000-0000-4000-8000-000000000000',
    signal: undefined,
    gone: () => false,
    background: () => undefined,
    upstreamCalls: 0,
    upstreamMs: 0,
  };
}
