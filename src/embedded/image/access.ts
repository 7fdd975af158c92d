import type { Exchange } from '../http/exchange.ts';
import { forbidden, notFound } from '../http/fault.ts';
import type { ImageRecord } from '../record.ts';
import type { Service } from '../service.ts';

/** Whether a caller may see an image: operators all, others their own, public, community and shared ones. */
export function isVisible(image: ImageRecord, exchange: Exchange): boolean {
  if (exchange.isAdmin || image.owner === null) return true;
  if (image.visibility === 'public' || image.visibility === 'community') return true;
  const { projectId } = exchange.identity;
  if (image.owner === projectId) return true;
  return (
    image.visibility === 'shared' && image.members.some((member) => member.member_id === projectId)
  );
}

/** Narrows a looked-up record to one that the caller sees. @throws Fault 404 with `message` */
export function requireVisible(
  image: ImageRecord | undefined,
  exchange: Exchange,
  message: string,
): ImageRecord {
  if (image === undefined || !isVisible(image, exchange)) throw notFound(message);
  return image;
}

/** @throws Fault 404 when there is no such image for this caller */
export function visibleImage(service: Service, exchange: Exchange, id: string): ImageRecord {
  return requireVisible(service.catalogue.image(id), exchange, `No image found with ID ${id}`);
}

/** @throws Fault 403 when the caller is neither the owner nor an operator */
export function requireOwner(
  image: ImageRecord,
  exchange: Exchange,
  message = 'You do not own this image',
): void {
  if (!exchange.isAdmin && image.owner !== exchange.identity.projectId) throw forbidden(message);
}
