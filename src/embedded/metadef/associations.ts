import type { UpstreamAnswer } from '../../core/upstream.ts';
import { isoTime } from '../clock.ts';
import { empty, json } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { conflict, notFound } from '../http/fault.ts';
import { metadefResourceTypeSchema } from '../schema/metadef-resource-type.ts';
import type { Service } from '../service.ts';
import { namespaceOf, readBody, requireAdmin, requireUnprotected } from './access.ts';
import type { AssociationRecord } from './records.ts';
import { associationView } from './views.ts';

const readOnly = ['created_at', 'updated_at'];

/** The kinds of resources that definitions are usually for. */
const wellKnown = [
  'OS::Cinder::Volume',
  'OS::Glance::Image',
  'OS::Nova::Aggregate',
  'OS::Nova::Flavor',
  'OS::Nova::Server',
];

/** A record made of a body that conforms to the schema. */
export function associationRecord(body: Record<string, unknown>, now: number): AssociationRecord {
  const { prefix, properties_target } = body;
  return {
    name: String(body['name']),
    ...(typeof prefix === 'string' ? { prefix } : {}),
    ...(typeof properties_target === 'string' ? { properties_target } : {}),
    created_at: now,
    updated_at: now,
  };
}

/** `GET /v2/metadefs/resource_types`: the well-known ones and those in use. */
export async function listResourceTypes(service: Service): Promise<UpstreamAnswer> {
  const dates = new Map(wellKnown.map((name) => [name, 0]));
  for (const { associations } of service.namespaces.all()) {
    for (const { name, created_at } of associations) {
      if (!dates.has(name)) dates.set(name, created_at);
    }
  }
  const types = [...dates].map(([name, date]) => {
    return { name, created_at: isoTime(date), updated_at: isoTime(date) };
  });
  return json({ resource_types: types });
}

/** `GET .../resource_types`. */
export async function listAssociations(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const { associations } = namespaceOf(service, exchange);
  return json({ resource_type_associations: associations.map(associationView) });
}

/** `POST .../resource_types`. */
export async function createAssociation(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefResourceTypeSchema, readOnly);
  const association = associationRecord(body, service.clock());
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'add_metadef_resource_type_association');
    if (record.associations.some(({ name }) => name === association.name)) {
      throw conflict(
        `The metadata definition resource-type association of resource-type=${association.name} to namespace=${record.namespace} already exists.`,
      );
    }
    return { ...record, associations: [...record.associations, association] };
  });
  return json(associationView(association), 201);
}

/** `DELETE .../resource_types/{name}`. */
export async function deleteAssociation(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const name = param(exchange, 'name');
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'remove_metadef_resource_type_association');
    const old = record.associations.find((association) => association.name === name);
    if (old === undefined) throw notFound(`Failed to find resource type ${name} to delete`);
    requireUnprotected(record, `resource-type-association ${name}`);
    return { ...record, associations: record.associations.filter((item) => item !== old) };
  });
  return empty(204);
}
