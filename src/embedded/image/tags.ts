import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { badRequest, Fault, notFound, tooLarge } from '../http/fault.ts';
import type { ImageRecord } from '../record.ts';
import { imageSchema } from '../schema/image.ts';
import { violationOf } from '../schema/validate.ts';
import type { Service } from '../service.ts';
import { requireOwner, requireVisible } from './access.ts';
import { checkTagsStorable } from './property-rules.ts';
import { excess } from './quotas.ts';

function changeTags(
  service: Service,
  exchange: Exchange,
  verb: 'update' | 'delete',
  step: (image: ImageRecord) => readonly string[],
): Promise<ImageRecord> {
  const id = param(exchange, 'image_id');
  return service.catalogue.change(id, (stored) => {
    const image = requireVisible(stored, exchange, `Image ${id} not found.`);
    requireOwner(image, exchange, `Not allowed to ${verb} tags for image ${id}.`);
    return { ...image, tags: step(image), updated_at: service.clock() };
  });
}

function checkStorableTag(tag: string): void {
  try {
    checkTagsStorable([tag]);
  } catch (error) {
    if (error instanceof Fault) throw badRequest(`Could not update image: ${error.message}`);
    throw error;
  }
}

/** `PUT /v2/images/{image_id}/tags/{tag}`. */
export async function addTag(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const tag = param(exchange, 'tag');
  const violation = violationOf({ tags: [tag] }, imageSchema);
  if (violation !== undefined) throw badRequest(violation);
  await changeTags(service, exchange, 'update', ({ id, tags }) => {
    const next = [...new Set([...tags, tag])];
    const message = excess('tags', next.length, service.limits.tags);
    if (message !== undefined) {
      throw tooLarge(`Image tag limit exceeded for image ${id}: ${message}:`);
    }
    checkStorableTag(tag);
    return next;
  });
  return empty(204);
}

/** `DELETE /v2/images/{image_id}/tags/{tag}`. */
export async function removeTag(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const tag = param(exchange, 'tag');
  await changeTags(service, exchange, 'delete', ({ tags }) => {
    if (!tags.includes(tag)) throw notFound();
    return tags.filter((candidate) => candidate !== tag);
  });
  return empty(204);
}
