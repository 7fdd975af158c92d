import { faultNames } from '../../../mappings/nova.ts';
import type { Exchange } from '../../core/exchange.ts';
import { type Fault, fault, faultRow } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import { mediaRanges, wildcards } from '../accept.ts';
import { renderErrorPage } from '../error-page.ts';
import { echoedVersion, type NovaSettings } from './microversion.ts';
import { isLegacy } from './place.ts';

const names = new Map<number, string>(faultNames.map((row) => [row.status, row.name]));

/** Said when the body is too large; that limit stands before Nova itself and speaks plain text. */
export const bodyTooLarge = 'Request is too large.';

/** Version headers of an answer of the v2.1 application; none under `/v2`. */
export function versionLines(exchange: Exchange, settings: NovaSettings): [string, string][] {
  if (isLegacy(exchange.target)) return [];
  const version = echoedVersion(exchange, settings);
  if (version === undefined) return [];
  return [
    ['OpenStack-API-Version', `compute ${version}`],
    ['X-OpenStack-Nova-API-Version', version],
    ['Vary', 'OpenStack-API-Version'],
    ['Vary', 'X-OpenStack-Nova-API-Version'],
  ];
}

const jsonTypes = ['application/json', 'application/vnd.openstack.compute+json'] as const;

/** The type of a document: the heaviest range of `Accept` decides, then the one with fewer wildcards, then plain JSON. */
export function jsonType(exchange: Exchange): string {
  const accept = exchange.header('accept');
  if (!accept || accept === jsonTypes[0] || accept === '*/*') return jsonTypes[0];
  const ranges = mediaRanges(accept);
  let [best, bestQ, bestStars]: [string, number, number] = [jsonTypes[0], 0, 3];
  for (const type of jsonTypes) {
    for (const range of ranges) {
      const stars = wildcards(range.type, type);
      if (stars === undefined || range.q < bestQ) continue;
      if (range.q > bestQ || stars < bestStars) [best, bestQ, bestStars] = [type, range.q, stars];
    }
  }
  return best;
}

/** What Nova says to a route that it never had: a 404 page without version headers. */
export function unknownRoute(exchange: Exchange): Reply {
  if (exchange.method === 'OPTIONS') return { status: 200, headers: [], body: '' };
  return renderErrorPage(fault('not-found'), exchange);
}

/** The token layer's answer, before Nova itself. */
function unauthorized(authenticate: string | undefined): Reply {
  const error = {
    code: 401,
    title: 'Unauthorized',
    message: 'The request you have made requires authentication.',
  };
  return {
    status: 401,
    headers: [
      ['Content-Type', 'application/json'],
      ...(authenticate === undefined ? [] : [['WWW-Authenticate', authenticate] as const]),
    ],
    body: JSON.stringify({ error }),
  };
}

/** A fault in Nova's form: `{"NAME": {"code", "message"}}`. */
export function createRenderFault(settings: NovaSettings) {
  return ({ kind, message, detail }: Fault, exchange: Exchange): Reply => {
    if (kind === 'unauthorized') return unauthorized(detail.authenticate);
    if (kind === 'method-not-allowed' || detail.unrouted) return unknownRoute(exchange);
    const { status, title } = faultRow(kind);
    if (kind === 'too-large' && message === bodyTooLarge) {
      const text = `${status} ${title}\n\n${message}\n\n   `;
      return { status, headers: [['Content-Type', 'text/plain; charset=UTF-8']], body: text };
    }
    const after = detail.retryAfter;
    const name = names.get(status) ?? 'computeFault';
    const content = { code: status, message, ...(name === 'overLimit' && { retryAfter: after }) };
    return {
      status,
      headers: [
        ['Content-Type', 'application/json; charset=UTF-8'],
        ...versionLines(exchange, settings),
        ...(after === undefined ? [] : [['Retry-After', String(after)] as const]),
      ],
      body: JSON.stringify({ [name]: content }),
    };
  };
}
