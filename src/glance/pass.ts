import type { Exchange } from '../core/exchange.ts';
import { type Fault, fault } from '../core/fault.ts';
import type { Reply } from '../core/reply.ts';
import type { Body } from '../core/upstream.ts';

/** Client headers that mean something to Glance. Identity headers are not among them: only the token says who is calling (OSSA-2026-001). */
const requestHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'content-type',
  'range',
  'if-match',
  'if-none-match',
  'if-range',
  'x-auth-token',
  'x-image-meta-store',
  'x-openstack-request-id',
  'user-agent',
  'traceparent',
  'tracestate',
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
]);

/** Headers of Glance's answer that the client gets. Hop-by-hop ones, and what `Connection` names, never are. */
const answerHeaders: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-range',
  'content-encoding',
  'content-md5',
  'content-disposition',
  'content-language',
  'accept-ranges',
  'etag',
  'last-modified',
  'allow',
  'vary',
  'www-authenticate',
  'retry-after',
  'cache-control',
  'warning',
  'x-openstack-request-id',
  'openstack-image-import-methods',
  'openstack-image-store-ids',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-max-age',
]);

/** The client's headers that go on to Glance, and the request id under which it logs this call. */
export function passedHeaders(exchange: Exchange, requestId: string): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of exchange.headers()) {
    if (requestHeaders.has(name)) passed[name] = value;
  }
  passed['x-openstack-request-id'] = requestId;
  return passed;
}

/** Path and query of one of Glance's own links; its host stays inside. */
function ownPath(location: string, glanceOrigin: string | undefined): string | undefined {
  if (location.startsWith('/') && !location.startsWith('//')) return location;
  if (!URL.canParse(location)) return undefined;
  const url = new URL(location);
  if (glanceOrigin !== undefined && url.origin !== glanceOrigin) return undefined;
  return url.pathname + url.search;
}

/** Where Glance lives, so far as its own links tell. */
export interface GlancePlace {
  /** `scheme://host:port`; `undefined` for the embedded one. */
  readonly origin: string | undefined;
  /** Path that all of its paths begin with, without a slash at the end. */
  readonly prefix: string;
}

/**
 * Glance's answer made the client's: allowed headers, links that lead here. A redirect to anywhere else is
 * `upstream-broken`: it would be followed with the client's token, and tells of the inside.
 */
export function passedReply(
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Body;
  },
  place: GlancePlace,
  base: string,
): Reply | Fault {
  const { status, headers, body } = answer;
  const lines: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (answerHeaders.has(name)) lines.push([name, value]);
  }
  const { location } = headers;
  if (location !== undefined) {
    const redirects = status >= 301 && status < 400;
    const path = ownPath(location, redirects ? place.origin : undefined);
    if (path?.startsWith(`${place.prefix}/`)) {
      lines.push(['location', base + path.slice(place.prefix.length)]);
    } else if (redirects) {
      return fault('upstream-broken');
    }
  }
  return { status, headers: lines, body };
}
