import type { UpstreamAnswer } from '../../core/upstream.ts';
import { json } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { Fault, forbidden } from '../http/fault.ts';
import type { ImageRecord, Visibility } from '../record.ts';
import { withoutProperty, withProperty } from '../record.ts';
import type { Service } from '../service.ts';
import { isVisible, requireOwner, requireVisible } from './access.ts';
import { type Change, readPatch } from './patch-document.ts';
import { checkNotNegative, checkStorable, countedProperties } from './property-rules.ts';
import { checkQuota } from './quotas.ts';
import { imageView } from './view.ts';

/** Attributes of the image object in Glance that a patch reaches by accident, without any effect. */
const swallowed = new Set([
  'base',
  'context',
  'deactivate',
  'delete',
  'extra_properties',
  'get_data',
  'get_payload',
  'get_super_class',
  'image_id',
  'member',
  'notifier',
  'reactivate',
  'repo',
  'send_notification',
  'set_data',
]);

const settable = new Set([
  'name',
  'visibility',
  'protected',
  'os_hidden',
  'owner',
  'container_format',
  'disk_format',
  'min_ram',
  'min_disk',
  'tags',
]);

const isAttribute = (name: string): boolean => settable.has(name) || swallowed.has(name);

function setAttribute(
  image: ImageRecord,
  name: string,
  value: unknown,
  service: Service,
): ImageRecord {
  if (name === 'container_format' || name === 'disk_format') {
    if (image.status !== 'queued' && image.status !== 'importing') {
      throw forbidden(`Attribute ${name} can be only replaced for a queued image.`);
    }
  }
  if (name === 'min_ram' || name === 'min_disk') checkNotNegative(name, value as number);
  if (name === 'tags') {
    const tags = value as readonly string[];
    checkQuota('tags', tags.length, service.limits.tags);
    return { ...image, tags: [...new Set(tags)] };
  }
  if (name === 'owner') return { ...image, owner: value === '' ? null : (value as string | null) };
  return settable.has(name) ? { ...image, [name]: value } : image;
}

function conflictOver(detail: string): Fault {
  return new Fault(409, undefined, { detail });
}

function checkPermission(image: ImageRecord, change: Change, exchange: Exchange): void {
  const name = change.path[0];
  if (name === 'visibility' && change.op !== 'remove' && !exchange.isAdmin) {
    if ((change.value as Visibility) === 'public') {
      throw forbidden('You are not authorized to complete publicize_image action.');
    }
  }
  requireOwner(image, exchange);
}

/** Locations are hidden, and so cannot be changed. */
function refuseLocations(change: Change): never {
  if (change.op === 'replace' && Array.isArray(change.value) && change.value.length === 0) {
    throw new Fault(403, undefined, { detail: 'Cannot set locations to empty list.' });
  }
  const verb = { add: 'add', remove: 'remove', replace: 'update' }[change.op];
  throw forbidden(`It's not allowed to ${verb} locations if locations are invisible.`);
}

function apply(
  image: ImageRecord,
  change: Change,
  exchange: Exchange,
  service: Service,
): ImageRecord {
  const name = change.path[0] ?? '';
  if (name === 'locations') return refuseLocations(change);
  if (name === 'owner' && change.op === 'replace' && !exchange.isAdmin) {
    throw new Fault(403, undefined, { detail: "Owner can't be updated by non admin." });
  }
  checkPermission(image, change, exchange);
  const present = image.properties.has(name);
  if (change.op === 'remove') {
    if (isAttribute(name)) {
      throw new Fault(403, undefined, { detail: `Property ${name} may not be removed.` });
    }
    if (!present) throw conflictOver(`Property ${name} does not exist.`);
    return { ...image, properties: withoutProperty(image.properties, name) };
  }
  if (change.op === 'add' && change.addOnly && (present || isAttribute(name))) {
    throw conflictOver(`Property ${name} already present.`);
  }
  if (isAttribute(name)) return setAttribute(image, name, change.value, service);
  if (change.op === 'replace' && !present) {
    throw conflictOver(`Property ${name} does not exist.`);
  }
  return { ...image, properties: withProperty(image.properties, name, change.value as string) };
}

/** `PATCH /v2/images/{image_id}`: all changes or none. */
export async function patchImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const changes = await readPatch(exchange);
  const id = param(exchange, 'image_id');
  const image = await service.catalogue.change(id, (stored) => {
    const current = requireVisible(stored, exchange, `No image found with ID ${id}`);
    if (changes.length === 0) return current;
    let next = current;
    for (const change of changes) next = apply(next, change, exchange, service);
    if ([...next.properties.keys()].some((name) => !current.properties.has(name))) {
      checkQuota('properties', countedProperties(next), service.limits.properties);
    }
    checkStorable(next);
    // A gift that its giver could not see any more is refused.
    if (!isVisible(next, exchange)) throw forbidden(`Forbidding request, image ${id} not visible`);
    return { ...next, updated_at: service.clock() };
  });
  return json(imageView(image));
}
