import type { Exchange } from '../core/exchange.ts';
import { type Fault, fault } from '../core/fault.ts';
import type { Reply } from '../core/reply.ts';
import { discard, type UpstreamAnswer } from '../core/upstream.ts';

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
function passedHeaders(exchange: Exchange, requestId: string): Record<string, string> {
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

/** How a client's request and the answer to it are carried through. */
export interface PassPolicy {
  /** Headers that go on; without those about the body's length, which the byte path sets itself. */
  readonly request: (exchange: Exchange, requestId: string) => Record<string, string>;
  readonly reply: (answer: UpstreamAnswer, base: string) => Reply | Fault;
  /** Whether the service is to see the client's `Host`, because it writes links with it. */
  readonly keepsHost: boolean;
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
function passedReply(answer: UpstreamAnswer, place: GlancePlace, base: string): Reply | Fault {
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
      discard(body);
      return fault('upstream-broken');
    }
  }
  return { status, headers: lines, body };
}

/** To Glance: headers by an allow-list, links made to lead here. */
export const glancePolicy = (place: GlancePlace): PassPolicy => ({
  request: passedHeaders,
  reply: (answer, base) => passedReply(answer, place, base),
  keepsHost: false,
});

/** Headers of one hop (RFC 9110 §7.6.1), and those about the body that the byte path sets itself. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
]);
/** What only an identity middleware may say. */
const identity =
  /^(?:openstack[-_]system[-_]scope$|x[-_](?:identity|roles?|user|project|domain|tenant|is[-_]admin|service[-_](?!token)))/;

function endToEnd(
  headers: Iterable<readonly [string, string]>,
  connection: string | undefined,
): [string, string][] {
  const named = new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return [...headers]
    .filter(([name]) => !hopByHop.has(name) && !named.has(name))
    .map(([name, value]) => [name, value]);
}

/** To a service that speaks for itself (Compute): everything end to end, unchanged. */
export const transparentPolicy: PassPolicy = {
  request: (exchange) => {
    const headers = endToEnd(exchange.headers(), exchange.header('connection'));
    return Object.fromEntries(headers.filter(([name]) => !identity.test(name)));
  },
  reply: ({ status, headers, cookies = [], body }) => {
    const { 'set-cookie': _, ...joined } = headers;
    const lines = endToEnd(Object.entries(joined), headers['connection']);
    for (const cookie of cookies) lines.push(['set-cookie', cookie]);
    const length = headers['content-length'];
    if (length !== undefined) lines.push(['content-length', length]);
    return { status, headers: lines, body };
  },
  keepsHost: true,
};
