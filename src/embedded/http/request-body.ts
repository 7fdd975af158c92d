import { isTooDeep } from '../../core/json.ts';
import type { Body } from '../../core/upstream.ts';
import type { Exchange } from './exchange.ts';
import { badRequest, tooLarge } from './fault.ts';

const jsonLimit = 1024 * 1024;
const malformed = 'Malformed JSON in request body.';

const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

/** Whether the request carries a body, by what its headers and the body itself say. */
export function hasBody({
  body,
  headers,
  method,
}: Pick<Exchange, 'body' | 'headers' | 'method'>): boolean {
  if (body === null) return false;
  if (typeof body === 'string') return body !== '';
  if (body instanceof Uint8Array) return body.byteLength > 0;
  const length = headers['content-length'];
  if (length !== undefined) return Number(length) > 0;
  return bodyMethods.has(method);
}

/** The media type without its parameters. */
export function mediaType(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}

/** The body as a stream of bytes. */
export async function* bytesOf(body: Body): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  if (typeof body === 'string') yield new TextEncoder().encode(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

async function readText(body: Body): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let size = 0;
  for await (const chunk of bytesOf(body)) {
    size += chunk.byteLength;
    if (size > jsonLimit) throw tooLarge(`The JSON body may have at most ${jsonLimit} bytes.`);
    try {
      text += decoder.decode(chunk, { stream: true });
    } catch {
      throw badRequest(malformed);
    }
  }
  return text;
}

/**
 * Reads the JSON body, an object or array.
 * @throws Fault 400 when there is none or it is no JSON, 413 above 1 MiB
 */
export async function readJson(exchange: Exchange): Promise<Record<string, unknown> | unknown[]> {
  if (!hasBody(exchange)) throw badRequest('Body expected in request.');
  const text = await readText(exchange.body);
  let value: unknown;
  try {
    value = isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (value === undefined) throw badRequest(malformed);
  if (typeof value !== 'object' || value === null) {
    throw badRequest('Unexpected body type. Expected list/dict.');
  }
  return value as Record<string, unknown> | unknown[];
}

/** As {@link readJson}, for requests that take an object only. */
export async function readJsonObject(exchange: Exchange): Promise<Record<string, unknown>> {
  const value = await readJson(exchange);
  if (Array.isArray(value)) throw badRequest('Unexpected body type. Expected dict.');
  return value;
}
