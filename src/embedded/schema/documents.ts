import { json } from '../http/answers.ts';
import type { Operation, Route } from '../http/routes.ts';
import { imageSchema } from './image.ts';
import type { JsonSchema } from './json-schema.ts';
import { memberSchema } from './member.ts';
import { metadefNamespaceSchema } from './metadef-namespace.ts';
import { metadefObjectSchema } from './metadef-object.ts';
import { metadefPropertySchema } from './metadef-property.ts';
import { metadefResourceTypeSchema } from './metadef-resource-type.ts';
import { metadefTagSchema } from './metadef-tag.ts';
import { taskSchema } from './task.ts';
import { unnamed } from './unnamed.ts';

const text: JsonSchema = { type: 'string' };

/** The schema document of a list of items. */
function collectionOf(name: string, item: JsonSchema, paged = true, keyed = false): JsonSchema {
  const { definitions, ...items } = item;
  const list: JsonSchema = keyed
    ? { type: 'object', additionalProperties: items }
    : { type: 'array', items };
  const described = { rel: 'describedby', href: '{schema}' };
  const pages = [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
  ];
  return {
    name,
    properties: { [name]: list, ...(paged ? { first: text, next: text } : {}), schema: text },
    links: paged ? [...pages, described] : [described],
    ...(definitions === undefined ? {} : { definitions }),
  };
}

function withoutResults(schema: JsonSchema): JsonSchema {
  const hidden = new Set(['input', 'result', 'message']);
  const kept = Object.entries(schema.properties ?? {}).filter(([name]) => !hidden.has(name));
  return { ...schema, properties: Object.fromEntries(kept) };
}

const documents: readonly (readonly [path: string, schema: JsonSchema])[] = [
  ['image', imageSchema],
  ['images', collectionOf('images', imageSchema)],
  ['member', memberSchema],
  ['members', collectionOf('members', memberSchema, false)],
  ['task', taskSchema],
  ['tasks', collectionOf('tasks', withoutResults(taskSchema), false)],
  ['metadefs/namespace', metadefNamespaceSchema],
  ['metadefs/namespaces', collectionOf('namespaces', metadefNamespaceSchema)],
  ['metadefs/resource_type', metadefResourceTypeSchema],
  [
    'metadefs/resource_types',
    collectionOf('resource_type_associations', metadefResourceTypeSchema),
  ],
  ['metadefs/property', metadefPropertySchema],
  ['metadefs/properties', collectionOf('properties', unnamed(metadefPropertySchema), true, true)],
  ['metadefs/object', metadefObjectSchema],
  ['metadefs/objects', collectionOf('objects', metadefObjectSchema)],
  ['metadefs/tag', metadefTagSchema],
  ['metadefs/tags', collectionOf('tags', metadefTagSchema)],
];

/** `GET /v2/schemas/...`. */
export const schemaRoutes: readonly Route[] = documents.map(([path, schema]) => {
  const show: Operation = { handle: async () => json(schema), bodiless: true };
  return { path: `/schemas/${path}`, operations: { GET: show } };
});
