import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty, json } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { conflict, notFound } from '../http/fault.ts';
import { metadefPropertySchema } from '../schema/metadef-property.ts';
import type { Service } from '../service.ts';
import { namespaceOf, readBody, requireAdmin, requireUnprotected } from './access.ts';
import type { NamespaceRecord, PropertyRecord } from './records.ts';
import { propertiesView, propertyView } from './views.ts';

const readOnly = ['created_at', 'updated_at'];

function findProperty(record: NamespaceRecord, name: string): PropertyRecord {
  const property = record.properties.find((candidate) => candidate.name === name);
  if (property === undefined) throw notFound(`Could not find property ${name}`);
  return property;
}

/** The name without the prefix that a resource type gives it in this namespace. @throws Fault 404 */
function unprefixed(
  record: NamespaceRecord,
  name: string,
  resourceType: string | undefined,
): string {
  if (resourceType === undefined || resourceType === '') return name;
  const association = record.associations.find((candidate) => candidate.name === resourceType);
  if (association === undefined) {
    throw notFound(
      `The metadata definition resource-type with name=${resourceType}, was not found.`,
    );
  }
  const { prefix } = association;
  if (prefix !== undefined && prefix !== '' && name.startsWith(prefix)) {
    return name.slice(prefix.length);
  }
  throw notFound(
    `Property ${name} does not start with the expected resource type association prefix of '${prefix ?? 'None'}'.`,
  );
}

/** `GET .../properties`. */
export async function listProperties(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const { properties } = namespaceOf(service, exchange);
  return json({ properties: propertiesView(properties) });
}

/** `GET .../properties/{name}`, by its prefixed name where a resource type is named. */
export async function showProperty(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const record = namespaceOf(service, exchange);
  const resourceType = new Map(exchange.query).get('resource_type');
  const name = unprefixed(record, param(exchange, 'name'), resourceType);
  const { body } = findProperty(record, name);
  return json(propertyView({ ...body, name }));
}

/** `POST .../properties`. */
export async function createProperty(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefPropertySchema, readOnly);
  const name = String(body['name']);
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'add_metadef_property');
    if (record.properties.some((property) => property.name === name)) {
      throw conflict(
        `A metadata definition property with name=${name} already exists in namespace=${record.namespace}.`,
      );
    }
    return { ...record, properties: [...record.properties, { name, body }] };
  });
  return json(propertyView(body), 201);
}

/** `PUT .../properties/{name}`: replaces it, and so may rename. */
export async function updateProperty(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefPropertySchema, readOnly);
  const name = String(body['name']);
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'modify_metadef_property');
    const old = findProperty(record, param(exchange, 'name'));
    if (name !== old.name && record.properties.some((property) => property.name === name)) {
      throw conflict(
        `Invalid update. It would result in a duplicate metadata definition property with the same name=${old.name} in namespace=${record.namespace}.`,
      );
    }
    const replaced = (property: PropertyRecord) => (property === old ? { name, body } : property);
    return { ...record, properties: record.properties.map(replaced) };
  });
  return json(propertyView(body));
}

/** `DELETE .../properties/{name}`. */
export async function deleteProperty(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'remove_metadef_property');
    const old = findProperty(record, param(exchange, 'name'));
    requireUnprotected(record, `property ${old.name}`);
    return { ...record, properties: record.properties.filter((property) => property !== old) };
  });
  return empty(204);
}
