import type { Exchange } from '../../core/exchange.ts';

/** What a client can be answered in. */
export type Format = 'xml' | 'json' | 'html';

const formats: ReadonlySet<string> = new Set<Format>(['xml', 'json', 'html']);
const ofType: Readonly<Record<string, Format>> = {
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/json': 'json',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  '*/*': 'html',
};

export const mediaTypes: Readonly<Record<Format, string>> = {
  xml: 'application/xml',
  json: 'application/json',
  html: 'text/html',
};

function byAccept(accept: string): Format | undefined {
  let best: Format | undefined;
  let bestQ = 0;
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    const weight = parameters.find((each) => each.startsWith('q='))?.slice(2);
    const q = weight === undefined ? 1 : Number(weight);
    const format = Object.hasOwn(ofType, type) ? ofType[type] : undefined;
    if (format && q > bestQ) [best, bestQ] = [format, q];
  }
  return best;
}

/** The format of an answer: the `format` parameter, else `Accept`, else XML; `undefined` when nothing fits (406). */
export function formatOf({ target, header }: Exchange): Format | undefined {
  const mark = target.indexOf('?');
  const asked = mark < 0 ? null : new URLSearchParams(target.slice(mark)).get('format');
  if (asked) return formats.has(asked) ? (asked as Format) : undefined;
  const accept = header('accept')?.trim();
  return accept ? byAccept(accept) : 'xml';
}
