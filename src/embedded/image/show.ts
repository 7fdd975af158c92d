import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty, json } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { forbidden } from '../http/fault.ts';
import type { Service } from '../service.ts';
import { requireOwner, requireVisible, visibleImage } from './access.ts';
import { imageView } from './view.ts';

/** `GET /v2/images/{image_id}`. */
export async function showImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  return json(imageView(visibleImage(service, exchange, param(exchange, 'image_id'))));
}

/** `DELETE /v2/images/{image_id}`. */
export async function deleteImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const id = param(exchange, 'image_id');
  await service.catalogue.remove(id, (stored) => {
    const image = requireVisible(stored, exchange, `Failed to find image ${id} to delete`);
    requireOwner(image, exchange);
    if (image.protected) throw forbidden(`Image ${id} is protected and cannot be deleted.`);
  });
  return empty(204);
}
