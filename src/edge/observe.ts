import type { CallContext } from '../core/call.ts';
import type { Exchange, Sent } from '../core/exchange.ts';

/** One finished request, as logs and metrics see it. Nothing in it is a secret. */
export interface Observation {
  readonly dialect: string;
  /** Route name; bounded, unlike paths. */
  readonly operation: string;
  readonly status: number;
  readonly exchange: Exchange;
  readonly context: CallContext;
  /** Milliseconds from the headers' arrival to the end of the answer. */
  readonly ms: number;
  readonly sent: Sent;
  readonly project: string | undefined;
}

export type Observe = (observation: Observation) => void;

/** Longest client-given text in a log line. */
const longest = 200;

const round = (ms: number): number => Math.round(ms * 100) / 100;

/** One JSON line a request. Tokens, queries and bodies never enter it. */
export function accessLine(seen: Observation, now: Date): string {
  const { exchange, context } = seen;
  return JSON.stringify({
    time: now.toISOString(),
    level: seen.status >= 500 ? 'error' : 'info',
    event: 'request',
    dialect: seen.dialect,
    operation: seen.operation,
    method: exchange.method.slice(0, 16),
    path: (exchange.target.split('?', 1)[0] ?? '').slice(0, longest),
    status: seen.status,
    project: seen.project,
    bytes: seen.sent.bytes,
    complete: seen.sent.complete ? undefined : false,
    own_ms: round(Math.max(0, seen.ms - context.upstreamMs)),
    upstream_ms: round(context.upstreamMs),
    upstream_calls: context.upstreamCalls,
    request_id: context.requestId,
    user_agent: exchange.header('user-agent')?.slice(0, longest),
    peer: exchange.peer,
  });
}

/** One JSON line about what should not have happened, on behalf of a request (or of what else was going on). */
export function errorLine(error: unknown, requestId: string, now: Date): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const time = now.toISOString();
  return JSON.stringify({
    time,
    level: 'error',
    event: 'fault',
    request_id: requestId,
    name,
    message,
    stack,
  });
}
