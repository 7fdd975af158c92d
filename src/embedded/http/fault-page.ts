import type { UpstreamAnswer } from '../../core/upstream.ts';
import { negotiate } from './accept.ts';
import type { Fault } from './fault.ts';

const titles = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [413, 'Request Entity Too Large'],
  [415, 'Unsupported Media Type'],
  [416, 'Request Range Not Satisfiable'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
]);

const sentences = new Map([
  [403, 'Access was denied to this resource.'],
  [404, 'The resource could not be found.'],
  [409, 'There was a conflict when trying to complete your request.'],
  [413, 'The body of your request was too large for this server.'],
  [416, 'The Range requested is not available.'],
  [500, 'The server has either erred or is incapable of performing the requested operation.'],
]);

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#x27;'],
]);

function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities.get(character) ?? '')
    .replace(/\P{ASCII}/gu, (character) => `&#${character.codePointAt(0)};`);
}

function withoutTags(text: string): string {
  return text
    .replaceAll('\n', ' ')
    .replaceAll('\r', '')
    .replace(/<br[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '');
}

/** What the page must know of the request. */
export interface FaultContext {
  readonly method: string;
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
}

function frame(fault: Fault, context: FaultContext, quote: (text: string) => string): string {
  const detail = quote(fault.details.detail ?? '');
  const explanation = quote(fault.explanation ?? sentences.get(fault.status) ?? '');
  const method = quote(context.method);
  if (fault.details.bare === true) return explanation;
  if (fault.status === 405) {
    return `The method ${method} is not allowed for this resource. <br /><br />\n${detail}`;
  }
  if (fault.status === 415) {
    const type = quote(context.contentType ?? 'text/plain');
    return `The request media type ${type} is not supported by this server.\n<br /><br />\n${detail}`;
  }
  if (fault.status === 501) {
    return `\nThe request method ${method} is not implemented for this server. <br /><br />\n${detail}`;
  }
  return `${explanation}<br /><br />\n${detail}\n\n`;
}

/**
 * The error body that the client's `Accept` asks for: an HTML page, a JSON object, else plain text.
 * `HEAD` gets the headers of an HTML page and nothing else.
 */
export function faultPage(fault: Fault, context: FaultContext): UpstreamAnswer {
  const title = titles.get(fault.status) ?? 'Error';
  const line = `${fault.status} ${title}`;
  const headers = fault.details.headers ?? {};
  if (context.method === 'HEAD') {
    const type = { 'content-type': 'text/html; charset=UTF-8' };
    return { status: fault.status, headers: { ...headers, ...type }, body: null };
  }
  const form = negotiate(context.accept ?? '', ['text/html', 'application/json']);
  let body: string;
  let type: string;
  if (form === 'text/html') {
    const inner = frame(fault, context, escapeHtml);
    body = `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ${inner}\n </body>\n</html>`;
    type = 'text/html; charset=UTF-8';
  } else if (form === 'application/json') {
    body = JSON.stringify({ message: frame(fault, context, (t) => t), code: line, title });
    type = 'application/json';
  } else {
    body = `${line}\n\n${withoutTags(frame(fault, context, (t) => t))}`;
    type = 'text/plain; charset=UTF-8';
  }
  return { status: fault.status, headers: { ...headers, 'content-type': type }, body };
}
