import { randomUUID } from 'node:crypto';
import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty, json } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { conflict, notFound } from '../http/fault.ts';
import { metadefNamespaceSchema } from '../schema/metadef-namespace.ts';
import type { Service } from '../service.ts';
import {
  isVisible,
  missingNamespace,
  namespaceOf,
  readBody,
  requireAdmin,
  requireUnprotected,
} from './access.ts';
import { associationRecord } from './associations.ts';
import { objectRecord } from './objects.ts';
import { type NamespaceRecord, propertyRecords } from './records.ts';
import { contentParts, namespaceView, propertiesView } from './views.ts';

const readOnly = ['self', 'schema', 'created_at', 'updated_at'];

/** The attributes that a client gives a namespace. */
function attributesOf(body: Record<string, unknown>, exchange: Exchange) {
  const text = (name: string): string | undefined => body[name] as string | undefined;
  const display_name = text('display_name');
  const description = text('description');
  const visibility: 'public' | 'private' = body['visibility'] === 'public' ? 'public' : 'private';
  return {
    namespace: text('namespace') ?? '',
    ...(display_name === undefined ? {} : { display_name }),
    ...(description === undefined ? {} : { description }),
    visibility,
    protected: body['protected'] === true,
    owner: text('owner') || exchange.identity.projectId,
  };
}

function itemsOf(body: Record<string, unknown>, name: string): Record<string, unknown>[] {
  return (body[name] ?? []) as Record<string, unknown>[];
}

function newNamespace(
  service: Service,
  exchange: Exchange,
  body: Record<string, unknown>,
): NamespaceRecord {
  const now = service.clock();
  const tag = (item: Record<string, unknown>) => {
    const time = service.clock();
    return { name: String(item['name']), created_at: time, updated_at: time };
  };
  return {
    id: randomUUID(),
    ...attributesOf(body, exchange),
    created_at: now,
    updated_at: now,
    properties: propertyRecords(body['properties']),
    objects: itemsOf(body, 'objects').map((item) => objectRecord(item, service.clock())),
    tags: itemsOf(body, 'tags').map(tag),
    associations: itemsOf(body, 'resource_type_associations').map((item) =>
      associationRecord(item, service.clock()),
    ),
  };
}

/** `POST /v2/metadefs/namespaces`, with everything that may come in it. */
export async function createNamespace(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefNamespaceSchema, readOnly);
  requireAdmin(exchange, 'add_metadef_namespace');
  const record = await service.namespaces.change(() => {
    const next = newNamespace(service, exchange, body);
    if (service.namespaces.find(next.namespace) !== undefined) {
      throw conflict(`The metadata definition namespace=${next.namespace} already exists.`);
    }
    return next;
  });
  const names = ['resource_type_associations', 'properties', 'objects', 'tags'];
  const given = names.filter((name) => Object.hasOwn(body, name));
  const parts: Record<string, unknown> = Object.fromEntries(
    given.map((name) => [name, body[name]]),
  );
  if (given.includes('properties')) parts['properties'] = propertiesView(record.properties);
  const place = `/v2/metadefs/namespaces/${encodeURIComponent(record.namespace)}`;
  return json(namespaceView(record, parts), 201, { location: exchange.origin + place });
}

/** `GET /v2/metadefs/namespaces/{namespace}`. */
export async function showNamespace(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const record = service.namespaces.find(param(exchange, 'namespace'));
  if (record === undefined) throw notFound(missingNamespace(exchange));
  if (!isVisible(record, exchange)) throw notFound();
  const resourceType = new Map(exchange.query).get('resource_type');
  return json(namespaceView(record, contentParts(record, resourceType)));
}

/** `PUT /v2/metadefs/namespaces/{namespace}`: sets all attributes, and so may rename. */
export async function updateNamespace(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefNamespaceSchema, readOnly);
  const record = await service.namespaces.change(() => {
    const current = namespaceOf(service, exchange);
    requireAdmin(exchange, 'modify_metadef_namespace');
    const attributes = attributesOf(body, exchange);
    const other = service.namespaces.find(attributes.namespace);
    if (other !== undefined && other.id !== current.id) {
      throw conflict(
        `Invalid update. It would result in a duplicate metadata definition namespace with the same name of ${attributes.namespace}`,
      );
    }
    const { display_name: _name, description: _description, ...kept } = current;
    return { ...kept, ...attributes, updated_at: service.clock() };
  });
  return json(namespaceView(record));
}

/** `DELETE /v2/metadefs/namespaces/{namespace}`. */
export async function deleteNamespace(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  await service.namespaces.remove(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'delete_metadef_namespace');
    requireUnprotected(record, `namespace ${record.namespace}`);
    return record;
  });
  return empty(204);
}

/** `DELETE` on all properties, objects or tags of a namespace. */
export function emptyNamespace(part: 'properties' | 'objects' | 'tags') {
  return async (service: Service, exchange: Exchange): Promise<UpstreamAnswer> => {
    await service.namespaces.change(() => {
      const record = namespaceOf(service, exchange);
      requireAdmin(exchange, 'delete_metadef_namespace');
      requireUnprotected(record, `namespace ${record.namespace}`);
      return { ...record, [part]: [] };
    });
    return empty(204);
  };
}
