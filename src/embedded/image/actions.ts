import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { forbidden } from '../http/fault.ts';
import type { ImageStatus } from '../record.ts';
import type { Service } from '../service.ts';
import { requireOwner, requireVisible } from './access.ts';

async function switchStatus(
  service: Service,
  exchange: Exchange,
  verb: string,
  from: ImageStatus,
  to: ImageStatus,
): Promise<UpstreamAnswer> {
  const id = param(exchange, 'image_id');
  await service.catalogue.change(id, (stored) => {
    const image = requireVisible(stored, exchange, `No image found with ID ${id}`);
    requireOwner(image, exchange);
    if (image.status === to) return image;
    if (image.status !== from) {
      throw forbidden(`Not allowed to ${verb} image in status '${image.status}'`);
    }
    return { ...image, status: to, updated_at: service.clock() };
  });
  return empty(204);
}

/** `POST /v2/images/{image_id}/actions/deactivate`: the owner may, as Glance's default policy lets him. */
export function deactivateImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  return switchStatus(service, exchange, 'deactivate', 'active', 'deactivated');
}

/** `POST /v2/images/{image_id}/actions/reactivate`. */
export function reactivateImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  return switchStatus(service, exchange, 'reactivate', 'deactivated', 'active');
}
