import { UpstreamFailure } from '../../core/upstream.ts';

const refusedCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'UND_ERR_CONNECT',
]);
const timeoutCodes = new Set(['ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** What an error of a socket or parser means; the error itself may name addresses and stays a cause. */
export function failureOf(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const text = typeof code === 'string' ? code : '';
  if (timeoutCodes.has(text)) return new UpstreamFailure('timeout', text, { cause: error });
  if (refusedCodes.has(text)) return new UpstreamFailure('unreachable', text, { cause: error });
  return new UpstreamFailure('broken', text || 'no answer', { cause: error });
}
