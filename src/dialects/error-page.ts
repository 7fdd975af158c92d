import type { Exchange } from '../core/exchange.ts';
import { type Fault, faultRow } from '../core/fault.ts';
import type { Reply } from '../core/reply.ts';
import { mediaRanges, quality } from './accept.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c] ?? c);

type Form = 'html' | 'json' | 'text';

/** The form that WebOb chose by `Accept`: HTML or JSON, HTML if both are as welcome, text for none or anything else. */
function formFor(accept: string | undefined): Form {
  const ranges = mediaRanges(accept);
  const html = quality(ranges, 'text/html');
  const json = quality(ranges, 'application/json');
  if (html > 0 && html >= json) return 'html';
  return json > 0 ? 'json' : 'text';
}

function page(title: string, sentence: string): string {
  return `<html>
 <head>
  <title>${title}</title>
 </head>
 <body>
  <h1>${title}</h1>
  ${sentence}<br /><br />



 </body>
</html>`;
}

/** A fault as the Image service's WebOb pages show it: HTML, JSON or text by `Accept`; headers for 401, 405, 413, 503. */
export function renderErrorPage({ kind, message, detail }: Fault, exchange: Exchange): Reply {
  const { status, title } = faultRow(kind);
  const code = `${status} ${title}`;
  const form = formFor(exchange.header('accept'));
  const headers: [string, string][] = [];
  if (detail.allow) headers.push(['Allow', detail.allow.join(', ')]);
  if (detail.authenticate) headers.push(['WWW-Authenticate', detail.authenticate]);
  if (detail.retryAfter !== undefined) headers.push(['Retry-After', String(detail.retryAfter)]);
  // an error page may name what the client sent: it must never be taken for something else
  headers.push(['X-Content-Type-Options', 'nosniff']);
  if (form === 'json') {
    const document = {
      message: `${message}<br /><br />\n\n\n`,
      code,
      title,
    };
    headers.push(['Content-Type', 'application/json']);
    return { status, headers, body: JSON.stringify(document) };
  }
  if (form === 'html') {
    headers.push(['Content-Type', 'text/html; charset=UTF-8']);
    return { status, headers, body: page(code, escapeHtml(message)) };
  }
  headers.push(['Content-Type', 'text/plain; charset=UTF-8']);
  return { status, headers, body: `${code}\n\n${message}\n\n   ` };
}
