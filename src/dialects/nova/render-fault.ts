import { faultNames } from '../../../mappings/nova.ts';
import type { Exchange } from '../../core/exchange.ts';
import { type Fault, fault, faultRow } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
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

const ownType = 'application/vnd.openstack.compute+json';

/** The type of a document: Nova's own name for JSON when the client likes it best of what Nova has. */
export function jsonType(exchange: Exchange): string {
  let best = 'application/json';
  let bestQ = 0;
  for (const part of (exchange.header('accept') ?? '').split(',')) {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    const weight = parameters.find((each) => each.startsWith('q='))?.slice(2);
    const q = weight === undefined ? 1 : Number(weight);
    if ((type === ownType || type === 'application/json') && q > bestQ) [best, bestQ] = [type, q];
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
