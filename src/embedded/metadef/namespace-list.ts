import type { UpstreamAnswer } from '../../core/upstream.ts';
import { json } from '../http/answers.ts';
import type { Exchange } from '../http/exchange.ts';
import { badRequest, notFound } from '../http/fault.ts';
import { pageQuery, QueryBag } from '../http/query.ts';
import { takeLimit } from '../image/list.ts';
import type { Service } from '../service.ts';
import { isVisible } from './access.ts';
import type { NamespaceRecord } from './records.ts';
import { associationsPart, namespaceView } from './views.ts';

const sortKeys = ['namespace', 'created_at', 'updated_at', 'visibility', 'owner'] as const;

/** Takes `sort_dir`; whether it is descending. @throws Fault 400 */
export function takeDescending(bag: QueryBag): boolean {
  const direction = bag.take('sort_dir') ?? 'desc';
  if (direction !== 'asc' && direction !== 'desc') {
    throw badRequest(`Invalid sort direction: ${direction}`);
  }
  return direction === 'desc';
}

function takeOrder(bag: QueryBag): (a: NamespaceRecord, b: NamespaceRecord) => number {
  const name = bag.take('sort_key') ?? 'created_at';
  const sign = takeDescending(bag) ? -1 : 1;
  const key = sortKeys.find((candidate) => candidate === name);
  if (key === undefined) throw badRequest('Sort key supplied was not valid.');
  return (a, b) => {
    if (a[key] !== b[key]) return a[key] < b[key] ? -sign : sign;
    return (a.created_at - b.created_at) * sign;
  };
}

function takeVisibility(bag: QueryBag): string | undefined {
  const visibility = bag.take('visibility');
  if (visibility === undefined || ['', 'public', 'private'].includes(visibility)) {
    return visibility || undefined;
  }
  throw badRequest(`Invalid visibility value: ${visibility}`);
}

/** `GET /v2/metadefs/namespaces`. */
export async function listNamespaces(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const bag = new QueryBag(exchange.query);
  const limit = takeLimit(bag);
  const marker = bag.take('marker');
  const order = takeOrder(bag);
  const visibility = takeVisibility(bag);
  const types = bag.take('resource_types')?.split(',');
  const ordered = service.namespaces.all().sort(order);
  const start =
    marker === undefined ? 0 : ordered.findIndex(({ namespace }) => namespace === marker) + 1;
  if (marker !== undefined && start === 0) {
    throw notFound(`Metadata definition namespace=${marker} was not found.`);
  }
  const found = ordered
    .slice(start)
    .filter((record) => isVisible(record, exchange))
    .filter((record) => visibility === undefined || record.visibility === visibility)
    .filter(({ associations }) => !types || associations.some(({ name }) => types.includes(name)))
    .slice(0, limit);
  const query = pageQuery(exchange.query);
  const last = found.at(-1);
  const place = '/v2/metadefs/namespaces';
  return json({
    namespaces: found.map((record) => namespaceView(record, associationsPart(record))),
    ...(last !== undefined && found.length === limit
      ? { next: `${place}?${pageQuery(exchange.query, last.namespace)}` }
      : {}),
    schema: '/v2/schemas/metadefs/namespaces',
    first: query === '' ? place : `${place}?${query}`,
  });
}
