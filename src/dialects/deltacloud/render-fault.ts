import { driver, errorClasses } from '../../../mappings/deltacloud.ts';
import type { Exchange } from '../../core/exchange.ts';
import { type Fault, faultRow } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import { formatOf, mediaTypes } from './format.ts';
import { bare, commonLines, note } from './reply.ts';
import { htmlPage } from './view.ts';
import { cdata, escapeXml } from './xml.ts';

const classes = new Map<number, string>(errorClasses.map((row) => [row.status, row.name]));

/** Shown with the challenge; says nothing about the machine. */
const realm = 'openstack-deltacloud@polyglance';

/** A challenge belongs to a fault that came before any credentials were looked at. */
export const challenge = `Basic realm="${realm}"`;

const required = "Required parameter 'instance_id' not found in";

/** The sentence for a create that does not say what of; it goes out as it is, not as a document. */
export const missingInstance = (given: ReadonlyMap<string, string>): string =>
  `${required} [${[...given.keys()].map(escapeXml).join(', ')}]`;

/** The path without query and matrix parameters. */
function plainPath(target: string): string {
  return (target.split('?', 1)[0] ?? '').replace(/;[^/]*/g, '');
}

/** No declaration in front: one C client sees the message only when the body starts with the element. */
function xmlError(status: number, message: string, target: string): string {
  return `<error status='${status}' url='${escapeXml(plainPath(target))}'>
  <backend driver='${driver}' provider='default'></backend>
  <code>${status}</code>
  <message>${cdata(message)}</message>
  <backtrace>
    <![CDATA[]]>
  </backtrace>
  <request>
  </request>
</error>
`;
}

/** A fault as Deltacloud's error document, in the format asked for. */
export function renderFault({ kind, message, detail }: Fault, exchange: Exchange): Reply {
  const { status, title } = faultRow(kind);
  if (kind === 'method-not-allowed' || detail.unrouted) return note(404, 'Not Found');
  if (message.startsWith(required)) return note(400, message);
  const format = formatOf(exchange);
  if (kind === 'not-acceptable' || !format) return bare(406);
  const lines: [string, string][] = [];
  if (detail.authenticate?.startsWith('Basic'))
    lines.push(['WWW-Authenticate', detail.authenticate]);
  if (detail.retryAfter !== undefined) lines.push(['Retry-After', String(detail.retryAfter)]);
  const error = `Deltacloud::Exceptions::${classes.get(status) ?? 'BackendError'}`;
  const body =
    format === 'json'
      ? JSON.stringify({ code: status, message, error })
      : format === 'xml'
        ? xmlError(status, message, exchange.target)
        : htmlPage(`${status} ${title}`, `<p>${escapeXml(message)}</p>`);
  return {
    status,
    headers: [
      ['Content-Type', mediaTypes[format]],
      ['X-Content-Type-Options', 'nosniff'],
      ...commonLines,
      ...lines,
    ],
    body,
  };
}
