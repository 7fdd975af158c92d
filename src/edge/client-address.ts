import type { Exchange } from '../core/exchange.ts';

/**
 * Builds the function that tells a client's address: that of the connection, or, when a trusted proxy is at its other
 * end, the last address in `X-Forwarded-For` that is no trusted proxy's.
 */
export function createClientAddress(
  trustedProxies: readonly string[],
): (exchange: Exchange) => string {
  const trusted = new Set(trustedProxies);
  return (exchange) => {
    if (!trusted.has(exchange.peer)) return exchange.peer;
    const named = (exchange.header('x-forwarded-for') ?? '').split(',').map((each) => each.trim());
    return named.reverse().find((each) => each !== '' && !trusted.has(each)) ?? exchange.peer;
  };
}
