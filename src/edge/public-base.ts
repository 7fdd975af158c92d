import type { Exchange } from '../core/exchange.ts';

/** Whose word on its own address the gateway takes. */
export interface BaseOptions {
  /** Base of every link, when configured. */
  readonly publicUrl?: string | undefined;
  /** Addresses of proxies whose `X-Forwarded-*` count. */
  readonly trustedProxies: readonly string[];
  /** `Host` values that count. */
  readonly publicNames: readonly string[];
}

const hostForm = /^[A-Za-z0-9.-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](?::\d{1,5})?$/;

/** Builds the function that gives the base of links, without a slash at the end. A client's own `Host` is never echoed unasked. */
export function createPublicBase(options: BaseOptions): (exchange: Exchange) => string {
  const { publicUrl } = options;
  if (publicUrl !== undefined) {
    const base = publicUrl.replace(/\/+$/, '');
    return () => base;
  }
  const proxies = new Set(options.trustedProxies);
  const names = new Set(options.publicNames.map((name) => name.toLowerCase()));
  if (proxies.size === 0 && names.size === 0) return (exchange) => exchange.origin;
  return (exchange) => {
    const trusted = proxies.has(exchange.peer);
    const forwarded = trusted ? exchange.header('x-forwarded-host') : undefined;
    const host = forwarded ?? exchange.header('host') ?? '';
    const believed = forwarded !== undefined || names.has(host.toLowerCase());
    if (!believed || !hostForm.test(host)) return exchange.origin;
    const scheme = trusted ? exchange.header('x-forwarded-proto') : undefined;
    const own = exchange.origin.split(':', 1)[0];
    return `${scheme === 'https' || scheme === 'http' ? scheme : own}://${host}`;
  };
}
