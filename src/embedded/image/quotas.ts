import { tooLarge } from '../http/fault.ts';

function attempt(what: string, attempted: number, maximum: number): string {
  return `The limit has been exceeded on the number of allowed image ${what}. Attempted: ${attempted}, Maximum: ${maximum}`;
}

/** What Glance says about too many of something; `undefined` within the limit. A negative limit is none. */
export function excess(what: string, attempted: number, maximum: number): string | undefined {
  return maximum >= 0 && attempted > maximum ? attempt(what, attempted, maximum) : undefined;
}

/** @throws Fault 413 */
export function checkQuota(what: string, attempted: number, maximum: number): void {
  const message = excess(what, attempted, maximum);
  if (message !== undefined) throw tooLarge(message);
}
