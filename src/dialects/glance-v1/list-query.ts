import { filters, paging, sortKeys, statuses } from '../../../mappings/glance-v1.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import { compileFilters, lastOf, readCount } from '../../core/filters.ts';
import type { Caller } from '../../core/identity.ts';
import type { Selection } from '../../core/operation.ts';
import { storedName } from './property-names.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const bad = (sentence: string): Fault => fault('bad-request', sentence);
const readFilters = compileFilters(filters, { statuses, storedName });
const sortNames = new Map<string, string>(sortKeys.map((row) => [row.legacy, row.v2]));

function sortOf(query: URLSearchParams): string | Fault {
  const name = sortNames.get(lastOf(query, 'sort_key') ?? 'created_at');
  const direction = lastOf(query, 'sort_dir') ?? 'desc';
  if (name === undefined) {
    return bad(`Unsupported sort_key. Acceptable values: ${[...sortNames.keys()].join(', ')}`);
  }
  if (direction !== 'asc' && direction !== 'desc') {
    return bad('Unsupported sort_dir. Acceptable values: asc, desc');
  }
  const ties = ['created_at', 'id'].filter((tie) => tie !== name);
  return [name, ...ties].map((each) => `${each}:${direction}`).join(',');
}

/** An admin who does not say is shown what is_public=true shows: the own images and the public ones. */
function withDefaults(query: URLSearchParams, caller: Caller | undefined): URLSearchParams {
  if (!caller?.roles.includes('admin') || query.has('is_public')) return query;
  return new URLSearchParams([...query, ['is_public', 'true']]);
}

/** A v1 list query as a selection of Glance images. Faults: `bad-request` for values out of form. */
export function readListQuery(
  query: URLSearchParams,
  caller: Caller | undefined,
): Selection | Fault {
  const filtering = readFilters(withDefaults(query, caller), caller);
  if (isFault(filtering)) return filtering;
  const sort = sortOf(query);
  if (isFault(sort)) return sort;
  const limit = readCount('limit', lastOf(query, 'limit') ?? String(paging.byDefault));
  if (isFault(limit)) return limit;
  const marker = lastOf(query, 'marker');
  if (marker !== undefined && !uuid.test(marker)) return bad('Invalid marker format');
  return {
    // v1 knew no acceptance: what is shared is seen
    ask: [['member_status', 'all'], ...filtering.ask],
    keep: filtering.keep,
    sort,
    limit: filtering.nothing ? 0 : Math.min(limit, paging.most),
    marker,
  };
}
