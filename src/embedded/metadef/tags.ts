import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty, json } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { badRequest, conflict, type Fault, notFound } from '../http/fault.ts';
import { QueryBag } from '../http/query.ts';
import { takeLimit } from '../image/list.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { metadefTagSchema } from '../schema/metadef-tag.ts';
import { violationOf } from '../schema/validate.ts';
import type { Service } from '../service.ts';
import { namespaceOf, readBody, requireAdmin, requireUnprotected } from './access.ts';
import { takeDescending } from './namespace-list.ts';
import type { NamespaceRecord, TagRecord } from './records.ts';
import { tagView } from './views.ts';

const readOnly = ['created_at', 'updated_at'];

const tagListSchema: JsonSchema = {
  name: 'tags',
  properties: {
    tags: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

const trueWords = new Set(['1', 't', 'true', 'on', 'y', 'yes']);

function doubled(record: NamespaceRecord, name: string): Fault {
  return conflict(
    `A metadata tag with name=${name} already exists in namespace=${record.namespace}. (Please note that metadata tag names are case insensitive).`,
  );
}

function findTag(record: NamespaceRecord, name: string): TagRecord {
  const tag = record.tags.find((candidate) => candidate.name === name);
  if (tag === undefined) throw notFound(`Could not find metadata tag ${name}`);
  return tag;
}

function newTag(service: Service, name: string): TagRecord {
  const now = service.clock();
  return { name, created_at: now, updated_at: now };
}

/** `GET .../tags`, newest first unless told otherwise. */
export async function listTags(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const bag = new QueryBag(exchange.query);
  const limit = bag.get('limit') ? takeLimit(bag) : undefined;
  const marker = bag.take('marker');
  const key = bag.take('sort_key') === 'name' ? 'name' : 'created_at';
  const sign = takeDescending(bag) ? -1 : 1;
  const record = namespaceOf(service, exchange);
  const after = marker ? findTag(record, marker) : undefined;
  const ordered = [...record.tags].sort((a, b) => (a[key] < b[key] ? -sign : sign));
  const start = after === undefined ? 0 : ordered.indexOf(after) + 1;
  const tags = ordered.slice(start, limit === undefined ? undefined : start + limit);
  return json({ tags: tags.map(({ name }) => ({ name })) });
}

/** `GET .../tags/{name}`. */
export async function showTag(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const record = namespaceOf(service, exchange);
  return json(tagView(findTag(record, param(exchange, 'name'))));
}

/** `POST .../tags/{name}`. */
export async function createTag(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const name = param(exchange, 'name');
  const tag = newTag(service, name);
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    const violation = violationOf({ name }, metadefTagSchema);
    if (violation !== undefined) throw badRequest(violation);
    requireAdmin(exchange, 'add_metadef_tag');
    if (record.tags.some((candidate) => candidate.name === name)) throw doubled(record, name);
    return { ...record, tags: [...record.tags, tag] };
  });
  return json(tagView(tag), 201);
}

/** `POST .../tags`: replaces all tags, or adds to them with `X-Openstack-Append`. */
export async function createTags(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, tagListSchema, readOnly);
  const items = (body['tags'] ?? []) as readonly { readonly name: string }[];
  const append = trueWords.has((exchange.headers['x-openstack-append'] ?? '').trim().toLowerCase());
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'add_metadef_tags');
    const tags = append ? [...record.tags] : [];
    for (const { name } of items) {
      if (tags.some((tag) => tag.name === name)) throw doubled(record, name);
      tags.push(newTag(service, name));
    }
    return { ...record, tags };
  });
  return json({ tags: items.map(({ name }) => ({ name })) }, 201);
}

/** `PUT .../tags/{name}`: renames it. */
export async function updateTag(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const body = await readBody(exchange, metadefTagSchema, readOnly);
  const name = String(body['name']);
  let tag = newTag(service, name);
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'modify_metadef_tag');
    const old = findTag(record, param(exchange, 'name'));
    if (name !== old.name && record.tags.some((candidate) => candidate.name === name)) {
      throw doubled(record, name);
    }
    tag = { ...tag, created_at: old.created_at };
    return {
      ...record,
      tags: record.tags.map((candidate) => (candidate === old ? tag : candidate)),
    };
  });
  return json(tagView(tag));
}

/** `DELETE .../tags/{name}`. */
export async function deleteTag(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  await service.namespaces.change(() => {
    const record = namespaceOf(service, exchange);
    requireAdmin(exchange, 'delete_metadef_tag');
    const old = findTag(record, param(exchange, 'name'));
    requireUnprotected(record, `tag ${old.name}`);
    return { ...record, tags: record.tags.filter((tag) => tag !== old) };
  });
  return empty(204);
}
