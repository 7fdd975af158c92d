import type { UpstreamAnswer } from '../core/upstream.ts';
import { empty, json } from './http/answers.ts';
import { type Exchange, param } from './http/exchange.ts';
import { badRequest, forbidden } from './http/fault.ts';
import { requireVisible } from './image/access.ts';
import type { Service } from './service.ts';

// The image cache of Glance, of which this one is always empty: data is local already.

function requireAdmin(exchange: Exchange, action: string): void {
  if (!exchange.isAdmin) throw forbidden(`You are not authorized to complete ${action} action.`);
}

function findImage(service: Service, exchange: Exchange) {
  const id = param(exchange, 'image_id');
  return requireVisible(service.catalogue.image(id), exchange, `Image ${id} not found.`);
}

/** `GET /v2/cache`. */
export async function showCache(_service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireAdmin(exchange, 'cache_list');
  return json({ cached_images: [], queued_images: [] });
}

/** `DELETE /v2/cache`. */
export async function clearCache(_service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireAdmin(exchange, 'cache_delete');
  return empty(204);
}

/** `DELETE /v2/cache/{image_id}`. */
export async function uncacheImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  findImage(service, exchange);
  requireAdmin(exchange, 'cache_delete');
  return empty(204);
}

/** `PUT /v2/cache/{image_id}`. */
export async function cacheImage(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const { status } = findImage(service, exchange);
  requireAdmin(exchange, 'cache_image');
  if (status !== 'active') {
    throw badRequest('Only images with status active can be targeted for queueing');
  }
  return empty(202);
}
