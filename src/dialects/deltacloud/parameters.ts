import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { DialectRequest } from '../dialect.ts';

/** Bytes of a form; image data never comes this way. */
const formLimit = 64 * 1024;
/** Fields of a form. */
const mostFields = 100;

function matrixParameters(target: string): [string, string][] {
  const path = target.split('?', 1)[0] ?? '';
  const found: [string, string][] = [];
  for (const segment of path.split('/')) {
    for (const pair of segment.split(';').slice(1)) found.push(...new URLSearchParams(pair));
  }
  return found;
}

async function formFields(text: string, type: string): Promise<[string, string][] | Fault> {
  try {
    const form = await new Response(text, { headers: { 'content-type': type } }).formData();
    return [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  } catch {
    return fault('bad-request', 'The form cannot be read.');
  }
}

/**
 * Parameters of a POST, wherever the client put them: matrix, query, form or multipart; the later wins. A body of
 * another kind is not read. Faults: `bad-request`, `too-large`, `unsupported-media` for XML.
 */
export async function readParameters({
  exchange,
  query,
}: DialectRequest): Promise<ReadonlyMap<string, string> | Fault> {
  const given = [...matrixParameters(exchange.target), ...query];
  const type = exchange.header('content-type') ?? '';
  if (/^(?:application|text)\/(?:[\w.-]+\+)?xml/i.test(type)) return fault('unsupported-media');
  if (
    exchange.body.announced &&
    /^(?:multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type)
  ) {
    const text = await exchange.body.text(formLimit);
    if (isFault(text)) return text;
    const fields = await formFields(text, type);
    if (isFault(fields)) return fields;
    if (fields.length > mostFields) return fault('bad-request', 'Too many fields.');
    given.push(...fields);
  }
  return new Map(given);
}
