import type { Background } from './upstream.ts';

/** What one client request carries through every call to Glance, and what it cost there. */
export interface CallContext {
  /** The client's own token, passed on (or what its password gave); the gateway holds no credential of its own. */
  token: string | undefined;
  /** `req-<uuid>`; given by the client or made here. */
  readonly requestId: string;
  /** Fires when the client has gone. Made when first asked for: most calls are over before it could matter. */
  readonly signal: AbortSignal | undefined;
  /** Keeps work alive that must finish after the answer has gone. */
  readonly background: Background;
  /** Whether the client has gone. */
  readonly gone: () => boolean;
  /** Calls made to Glance and milliseconds spent waiting for it. */
  upstreamCalls: number;
  upstreamMs: number;
}

/** A context for a program's own work, which no client waits for. */
export function ownContext(token?: string, signal?: AbortSignal): CallContext {
  return {
    token,
    requestId: `req-${crypto.randomUUID()}`,
    signal,
    background: () => undefined,
    gone: () => signal?.aborted === true,
    upstreamCalls: 0,
    upstreamMs: 0,
  };
}
