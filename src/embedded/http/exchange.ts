import type { Background, Body } from '../../core/upstream.ts';
import type { EmbeddedIdentity } from '../identities.ts';
import type { QueryPairs } from './query.ts';

/** One request, as the handlers see it. */
export interface Exchange {
  readonly method: string;
  /** Values of the route's variable segments, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: QueryPairs;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly signal: AbortSignal | undefined;
  /** Keeps work alive that goes on after the answer, where the caller can. */
  readonly background: Background | undefined;
  readonly identity: EmbeddedIdentity;
  readonly isAdmin: boolean;
  readonly requestId: string;
  /** `http://host`, for the absolute links that Glance makes. */
  readonly origin: string;
}

/** A variable segment of the route; empty when the route has none of that name. */
export function param(exchange: Exchange, name: string): string {
  return exchange.params[name] ?? '';
}
