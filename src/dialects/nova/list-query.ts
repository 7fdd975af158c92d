import { filters, statuses } from '../../../mappings/nova.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import { compileFilters, lastOf } from '../../core/filters.ts';
import type { Selection } from '../../core/operation.ts';

const readFilters = compileFilters(filters, { statuses });

/** A page whose size was asked for carries a link, up to this many images. */
const mostLinked = 1000;

function pageNumber(query: URLSearchParams, name: string): number | undefined | Fault {
  const text = lastOf(query, name);
  if (text === undefined) return undefined;
  if (!/^\s*[+-]?\d+\s*$/.test(text)) {
    return fault('bad-request', `Invalid input received: ${name} must be an integer`);
  }
  return Number(text) >= 0
    ? Number(text)
    : fault('bad-request', `Invalid input received: ${name} must be >= 0`);
}

/** A list query as a selection; Glance's order is kept, sort parameters are ignored. Faults: `bad-request`. */
export function readListQuery(query: URLSearchParams): Selection | Fault {
  for (const name of ['page_size', 'offset']) {
    const number = pageNumber(query, name);
    if (isFault(number)) return number;
  }
  const limit = pageNumber(query, 'limit');
  if (isFault(limit)) return limit;
  const filtering = readFilters(query);
  if (isFault(filtering)) return filtering;
  return {
    ask: filtering.ask,
    keep: filtering.keep,
    sort: 'created_at:desc,id:desc',
    // a limit of 0 is none
    limit: filtering.nothing ? 0 : limit || undefined,
    marker: lastOf(query, 'marker') || undefined,
  };
}

/**
 * The query of the next page, or `undefined` when there is none to link: every parameter sorted by name, the marker in
 * its place among them, or last when the page had none.
 */
export function nextQuery(
  query: URLSearchParams,
  count: number,
  last: string | undefined,
): string | undefined {
  const limit = Number(lastOf(query, 'limit') ?? 0);
  if (limit === 0 || last === undefined || count !== Math.min(limit, mostLinked)) return undefined;
  const next = new Map([...new Map(query)].sort(([a], [b]) => (a < b ? -1 : 1)));
  next.set('marker', last);
  return new URLSearchParams([...next]).toString();
}
