import { isoTime } from '../clock.ts';
import { strOf } from '../schema/python-text.ts';
import type {
  AssociationRecord,
  MetadefBody,
  NamespaceRecord,
  ObjectRecord,
  PropertyRecord,
  TagRecord,
} from './records.ts';

type View = Record<string, unknown>;

/** The attributes of a property, in the order in which Glance shows them. */
const propertyFields = [
  'name',
  'type',
  'title',
  'description',
  'operators',
  'default',
  'readonly',
  'minimum',
  'maximum',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'items',
  'uniqueItems',
  'minItems',
  'maxItems',
  'additionalItems',
] as const;

/** One property. A default is always shown as text. */
export function propertyView(body: MetadefBody): View {
  const entries = propertyFields
    .filter((name) => Object.hasOwn(body, name))
    .map((name) => [name, name === 'default' ? strOf(body[name]) : body[name]]);
  return Object.fromEntries(entries);
}

/** Properties by name, each with a prefix. */
export function propertiesView(properties: readonly PropertyRecord[], prefix = ''): View {
  return Object.fromEntries(
    properties.map(({ name, body }) => [prefix + name, propertyView(body)]),
  );
}

/** One object; `stored` shows what it lacks as empty, as Glance does when it reads it back. */
export function objectView(
  namespace: string,
  object: ObjectRecord,
  stored: boolean,
  prefix = '',
): View {
  const required = object.required ?? (stored ? [] : undefined);
  const properties = object.properties ?? (stored ? [] : undefined);
  return {
    name: object.name,
    ...(required ? { required: required.map((name) => prefix + name) } : {}),
    ...(object.description === undefined ? {} : { description: object.description }),
    ...(properties ? { properties: propertiesView(properties, prefix) } : {}),
    created_at: isoTime(object.created_at),
    updated_at: isoTime(object.updated_at),
    self: `/v2/metadefs/namespaces/${encodeURIComponent(namespace)}/objects/${encodeURIComponent(object.name)}`,
    schema: '/v2/schemas/metadefs/object',
  };
}

export function tagView(tag: TagRecord): View {
  const { name, created_at, updated_at } = tag;
  return { name, created_at: isoTime(created_at), updated_at: isoTime(updated_at) };
}

export function associationView(association: AssociationRecord): View {
  const { created_at, updated_at, ...rest } = association;
  return { ...rest, created_at: isoTime(created_at), updated_at: isoTime(updated_at) };
}

/** A namespace's own attributes and, between them and its links, the `parts` that are asked for. */
export function namespaceView(record: NamespaceRecord, parts: View = {}): View {
  return {
    namespace: record.namespace,
    ...(record.display_name === undefined ? {} : { display_name: record.display_name }),
    ...(record.description === undefined ? {} : { description: record.description }),
    visibility: record.visibility,
    protected: record.protected,
    owner: record.owner,
    created_at: isoTime(record.created_at),
    updated_at: isoTime(record.updated_at),
    ...parts,
    self: `/v2/metadefs/namespaces/${encodeURIComponent(record.namespace)}`,
    schema: '/v2/schemas/metadefs/namespace',
  };
}

/** The associations of a namespace as a part of its view. */
export function associationsPart(record: NamespaceRecord): View {
  if (record.associations.length === 0) return {};
  return { resource_type_associations: record.associations.map(associationView) };
}

/** Everything in a namespace, with the prefix that a resource type puts before its properties. */
export function contentParts(record: NamespaceRecord, resourceType: string | undefined): View {
  const { namespace, properties, objects, tags, associations } = record;
  const prefix = associations.find(({ name }) => name === resourceType)?.prefix ?? '';
  return {
    ...associationsPart(record),
    ...(properties.length > 0 ? { properties: propertiesView(properties, prefix) } : {}),
    ...(objects.length > 0
      ? { objects: objects.map((object) => objectView(namespace, object, true, prefix)) }
      : {}),
    ...(tags.length > 0 ? { tags: tags.map(({ name }) => ({ name })) } : {}),
  };
}
