import type { UpstreamAnswer } from '../../core/upstream.ts';

/** A JSON answer. */
export function json(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): UpstreamAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** An answer without a body. */
export function empty(status: number): UpstreamAnswer {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: null };
}

/** A 204 that names no content type. */
export const nothing: UpstreamAnswer = { status: 204, headers: {}, body: null };
