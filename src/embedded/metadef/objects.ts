import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty, json } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { badRequest, conflict, notFound } from '../http/fault.ts';
import { metadefObjectSchema } from '../schema/metadef-object.ts';
import { metadefPropertySchema } from '../schema/metadef-property.ts';
import { unnamed } from '../schema/unnamed.ts';
import { violationOf } from '../schema/validate.ts';
import type { Service } from '../service.ts';
import {
  missingNamespace,
  namespaceOf,
  readBody,
  requireAdmin,
  requireUnprotected,
} from './access.ts';
import { type NamespaceRecord, type ObjectRecord, propertyRecords } from './records.ts';
import { objectView } from './views.ts';

const readOnly = ['self', 'schema', 'created_at', 'updated_at'];
const memberSchema = unnamed(metadefPropertySchema);

/** A record made of a body that conforms to the schema. */
export function objectRecord(body: Record<string, unknown>, now: number): ObjectRecord {
  const { description, required, properties } = body;
  return {
    name: String(body['name']),
    ...(typeof description === 'string' ? { description } : {}),
    ...(Array.isArray(required) ? { required: required.map(String) } : {}),
    ...(properties === undefined ? {} : { properties: propertyRecords(properties) }),
    created_at: now,
    updated_at: now,
  };
}

function lookUp(service: Service, exchange: Exchange): NamespaceRecord {
  return namespaceOf(service, exchange, missingNamespace(exchange));
}

function findObject(record: NamespaceRecord, exchange: Exchange): ObjectRecord {
  const name = param(exchange, 'name');
  const object = record.objects.find((candidate) => candidate.name === name);
  if (object === undefined) throw notFound(`Could not find metadata object ${name}`);
  return object;
}

/** `GET .../objects`. */
export async function listObjects(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const { namespace, objects } = lookUp(service, exchange);
  const views = objects.map((object) => objectView(namespace, object, true));
  return json({ objects: views, schema: 'v2/schemas/metadefs/objects' });
}

/** `GET .../objects/{name}`. */
export async function showObject(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const record = lookUp(service, exchange);
  return json(objectView(record.namespace, findObject(record, exchange), true));
}

/** `POST .../objects`. */
export async function createObject(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefObjectSchema, readOnly);
  for (const { body: member } of propertyRecords(body['properties'])) {
    const violation = violationOf(member, memberSchema);
    if (violation !== undefined) throw badRequest(violation);
  }
  const object = objectRecord(body, service.clock());
  const record = await service.namespaces.change(() => {
    const current = lookUp(service, exchange);
    requireAdmin(exchange, 'add_metadef_object');
    if (current.objects.some(({ name }) => name === object.name)) {
      throw conflict(
        `A metadata definition object with name=${object.name} already exists in namespace=${current.namespace}.`,
      );
    }
    return { ...current, objects: [...current.objects, object] };
  });
  return json(objectView(record.namespace, object, false), 201);
}

/** `PUT .../objects/{name}`: replaces it, and so may rename. */
export async function updateObject(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefObjectSchema, readOnly);
  let object = objectRecord(body, service.clock());
  const record = await service.namespaces.change(() => {
    const current = lookUp(service, exchange);
    requireAdmin(exchange, 'modify_metadef_object');
    const old = findObject(current, exchange);
    if (object.name !== old.name && current.objects.some(({ name }) => name === object.name)) {
      throw conflict(
        `Invalid update. It would result in a duplicate metadata definition object with the same name=${old.name} in namespace=${current.namespace}.`,
      );
    }
    object = { ...object, created_at: old.created_at };
    const objects = current.objects.map((candidate) => (candidate === old ? object : candidate));
    return { ...current, objects };
  });
  return json(objectView(record.namespace, object, false));
}

/** `DELETE .../objects/{name}`. */
export async function deleteObject(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  await service.namespaces.change(() => {
    const record = lookUp(service, exchange);
    requireAdmin(exchange, 'delete_metadef_object');
    const old = findObject(record, exchange);
    requireUnprotected(record, `object ${old.name}`);
    return { ...record, objects: record.objects.filter((object) => object !== old) };
  });
  return empty(204);
}
