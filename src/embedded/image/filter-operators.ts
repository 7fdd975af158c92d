import { badRequest } from '../http/fault.ts';

const isoPattern =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0));
}

/** Seconds since the epoch of an ISO 8601 time, UTC where it names no zone. */
export function parseIsoTime(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone] = match;
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  const valid =
    Number(month) <= 12 && Number(day) <= 31 && Number(hour) < 24 && Number(minute) < 60;
  return valid ? time / 1000 + Number(second) - zoneMinutes(zone) * 60 : undefined;
}

/** Splits `operator:value` at the first colon; a bare time or a value without a colon means equality. */
function splitOperator(text: string): [operator: string, value: string] {
  const colon = text.indexOf(':');
  if (colon < 0 || parseIsoTime(text) !== undefined) return ['eq', text];
  return [text.slice(0, colon), text.slice(colon + 1)];
}

const comparisons = new Map<string, (left: number, right: number) => boolean>([
  ['gt', (left, right) => left > right],
  ['gte', (left, right) => left >= right],
  ['lt', (left, right) => left < right],
  ['lte', (left, right) => left <= right],
  ['neq', (left, right) => left !== right],
  ['eq', (left, right) => left === right],
]);

/** A test of times in whole seconds. @throws Fault 400 */
export function timeTest(field: string, text: string): (seconds: number) => boolean {
  const [operator, value] = splitOperator(text);
  const limit = parseIsoTime(value);
  if (limit === undefined) {
    throw badRequest(`Bad "${field}" query filter format. Use ISO 8601 DateTime notation.`);
  }
  const compare = comparisons.get(operator);
  if (compare === undefined) throw badRequest('Unable to filter on a unknown operator.');
  return (seconds) => compare(seconds, limit);
}

function checkQuotes(value: string): void {
  let closed = true;
  for (let index = 0; index < value.length; index += 1) {
    if (value[index] !== '"' || (index > 0 && value[index - 1] === '\\')) continue;
    if (closed && index > 0 && value[index - 1] !== ',') {
      throw badRequest(
        `Invalid filter value ${value}. There is no comma before opening quotation mark.`,
      );
    }
    if (!closed && index + 1 !== value.length && value[index + 1] !== ',') {
      throw badRequest(
        `Invalid filter value ${value}. There is no comma after closing quotation mark.`,
      );
    }
    closed = !closed;
  }
  if (!closed) throw badRequest(`Invalid filter value ${value}. The quote is not closed.`);
}

/** The values of an `in:` list, commas between them, quotes around those that hold a comma. @throws Fault 400 */
function splitList(value: string): string[] {
  checkQuotes(value);
  const found = value.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)",?|([^,]+),?|,/g);
  return Array.from(found, (match) => match[1] || match[2] || '');
}

/** A test of texts by equality or membership. @throws Fault 400 */
export function textTest(text: string): (value: string | null) => boolean {
  const [operator, value] = splitOperator(text);
  if (operator === 'eq') return (candidate) => candidate === value;
  if (operator === 'in') {
    const choices = new Set(splitList(value));
    return (candidate) => candidate !== null && choices.has(candidate);
  }
  throw badRequest(`Unable to filter by unknown operator '${operator}'.`);
}
