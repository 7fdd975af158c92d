import type { Exchange } from '../core/exchange.ts';
import { type Fault, fault } from '../core/fault.ts';

const suspicious = /%(?:2[ef]|5c|00)|\\|\/\.{1,2}(?:\/|$)/i;

const unprintable = /[^\x21-\x7e]|#/;
const hostForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

const isHost = (host: string): boolean => hostForm.test(host) && URL.canParse(`http://${host}`);

/** A segment as a router might read it: another path, no thing's name, or sound. */
function judge(segment: string): 'path' | 'nothing' | 'sound' {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    return 'path';
  }
  if (/[/\\]/.test(decoded)) return 'path';
  return decoded === '.' || decoded === '..' || decoded.includes('\0') ? 'nothing' : 'sound';
}

/**
 * Looks at the raw target before any router sees it: a segment that would be another path once decoded or normalised
 * is nobody's resource. Fault: `not-found`.
 */
export function guardPath({ target }: Exchange): Fault | undefined {
  if (unprintable.test(target)) return fault('bad-request', 'The request target is malformed.');
  const path = target.split('?', 1)[0] ?? '';
  if (!suspicious.test(path)) return undefined;
  const judged = path.split('/').map(judge);
  if (judged.includes('path')) return fault('not-found', undefined, { unrouted: true });
  return judged.includes('nothing') ? fault('not-found') : undefined;
}

/** Headers whose repetition would leave open which of them counts. */
const singular = ['host', 'x-auth-token', 'authorization'] as const;

/** Fault: `bad-request` for headers that cannot be, a repeated one that says who or where, or a host that is none; `expectation-failed`. */
export function guardHeaders(exchange: Exchange): Fault | undefined {
  if (exchange.malformed()) return fault('bad-request', 'The headers are malformed.');
  const repeated = singular.find((name) => exchange.repeats(name));
  if (repeated) return fault('bad-request', `The header ${repeated} must not be repeated.`);
  const host = exchange.header('host');
  if (host !== undefined && !isHost(host)) {
    return fault('bad-request', 'The Host header is malformed.');
  }
  const expect = exchange.header('expect');
  return expect === undefined || expect.toLowerCase() === '100-continue'
    ? undefined
    : fault('expectation-failed');
}
