import { randomUUID } from 'node:crypto';
import type { UpstreamAnswer } from '../../core/upstream.ts';
import { importMethods } from '../data/import-methods.ts';
import { json } from '../http/answers.ts';
import type { Exchange } from '../http/exchange.ts';
import { badRequest, conflict, Fault, forbidden } from '../http/fault.ts';
import { readJsonObject } from '../http/request-body.ts';
import type { ImageRecord, Visibility } from '../record.ts';
import { imageSchema } from '../schema/image.ts';
import { violationOf } from '../schema/validate.ts';
import type { Service } from '../service.ts';
import {
  checkNotNegative,
  checkStorable,
  countedProperties,
  isReserved,
  shownOnly,
} from './property-rules.ts';
import { checkQuota } from './quotas.ts';
import { imageView } from './view.ts';

/** The attributes of a new image, once the schema has vouched for their types. */
interface Attributes {
  readonly id?: string;
  readonly name?: string | null;
  readonly visibility?: Visibility;
  readonly protected?: boolean;
  readonly os_hidden?: boolean;
  readonly owner?: string | null;
  readonly container_format?: string | null;
  readonly disk_format?: string | null;
  readonly min_ram?: number;
  readonly min_disk?: number;
  readonly tags?: readonly string[];
}

const baseNames = new Set([
  'checksum',
  'created_at',
  'container_format',
  'disk_format',
  'id',
  'min_disk',
  'min_ram',
  'name',
  'size',
  'virtual_size',
  'status',
  'tags',
  'owner',
  'updated_at',
  'visibility',
  'protected',
  'os_hidden',
]);
const neverGiven = ['created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size'];

function splitBody(body: Record<string, unknown>): [Attributes, Map<string, string | null>] {
  for (const name of shownOnly) {
    if (Object.hasOwn(body, name)) throw forbidden(`Attribute '${name}' is read-only.`);
  }
  const violation = violationOf(body, imageSchema);
  if (violation !== undefined) throw badRequest(violation);
  const properties = new Map<string, string | null>();
  for (const [name, value] of Object.entries(body)) {
    if (baseNames.has(name)) continue;
    if (Array.from(name).length > 255) {
      throw badRequest('Custom property should not be greater than 255 characters.');
    }
    if (isReserved(name)) {
      throw new Fault(403, undefined, { detail: `Attribute '${name}' is reserved.` });
    }
    properties.set(name, value as string | null);
  }
  return [body as Attributes, properties];
}

function checkAllowed(attributes: Attributes, exchange: Exchange): void {
  if (exchange.isAdmin) return;
  if (attributes.visibility === 'public') {
    throw forbidden('You are not authorized to complete publicize_image action.');
  }
  if (attributes.owner !== undefined && attributes.owner !== exchange.identity.projectId) {
    const owner = attributes.owner ?? 'None';
    throw forbidden(`You are not permitted to create images owned by '${owner}'.`);
  }
}

function newImage(
  attributes: Attributes,
  properties: ReadonlyMap<string, string | null>,
  service: Service,
  exchange: Exchange,
): ImageRecord {
  const now = service.clock();
  const owner = attributes.owner === undefined ? exchange.identity.projectId : attributes.owner;
  return {
    id: attributes.id ?? randomUUID(),
    name: attributes.name ?? null,
    status: 'queued',
    visibility: attributes.visibility ?? 'shared',
    protected: attributes.protected ?? false,
    os_hidden: attributes.os_hidden ?? false,
    checksum: null,
    os_hash_algo: null,
    os_hash_value: null,
    owner: owner === '' ? null : owner,
    size: null,
    virtual_size: null,
    container_format: attributes.container_format ?? null,
    disk_format: attributes.disk_format ?? null,
    min_ram: attributes.min_ram ?? 0,
    min_disk: attributes.min_disk ?? 0,
    created_at: now,
    updated_at: now,
    tags: [...new Set(attributes.tags)],
    properties,
    members: [],
  };
}

/** `POST /v2/images`. */
export async function createImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const body = await readJsonObject(exchange);
  const [attributes, properties] = splitBody(body);
  checkAllowed(attributes, exchange);
  checkQuota('tags', attributes.tags?.length ?? 0, service.limits.tags);
  for (const name of neverGiven) {
    if (Object.hasOwn(body, name)) throw forbidden(`Attribute '${name}' is read-only.`);
  }
  if (properties.has('locations')) throw forbidden("Attribute 'locations' is reserved.");
  checkNotNegative('min_disk', attributes.min_disk ?? 0);
  checkNotNegative('min_ram', attributes.min_ram ?? 0);
  const image = newImage(attributes, properties, service, exchange);
  checkQuota('properties', countedProperties(image), service.limits.properties);
  checkStorable(image);
  if (!(await service.catalogue.create(image))) {
    throw conflict(`Image ID ${image.id} already exists!`);
  }
  return json(imageView(image), 201, {
    location: `${exchange.origin}/v2/images/${image.id}`,
    'openstack-image-import-methods': importMethods.join(','),
  });
}
