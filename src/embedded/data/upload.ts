import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { badRequest, conflict, Fault, notFound } from '../http/fault.ts';
import { bytesOf, mediaType } from '../http/request-body.ts';
import { requireOwner, requireVisible } from '../image/access.ts';
import type { ImageRecord, ImageStatus } from '../record.ts';
import type { Service } from '../service.ts';
import { type Received, receive } from './receive.ts';

function requireOctetStream(exchange: Exchange): void {
  if (mediaType(exchange.headers) !== 'application/octet-stream') throw new Fault(415);
}

function announcedLength({ headers }: Exchange): number | undefined {
  const text = headers['content-length'];
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** @throws Fault 409 unless the image waits for data */
function requireQueued(image: ImageRecord, next: ImageStatus): void {
  if (image.status !== 'queued') {
    throw conflict(`Image status transition from ${image.status} to ${next} is not allowed`);
  }
}

/** @throws Fault 400 */
function requireFormats(image: ImageRecord): void {
  const missing = (['disk_format', 'container_format'] as const).filter((name) => !image[name]);
  if (missing.length === 0) return;
  const noun = missing.length === 1 ? 'Property' : 'Properties';
  throw badRequest(`${noun} ${missing.join(', ')} must be set prior to saving data.`);
}

function gone(id: string): Fault {
  return new Fault(
    410,
    `Image ${id} could not be found after upload. The image may have been deleted during the upload, cleaning up the chunks uploaded.`,
  );
}

/** Puts an image back that was waiting for data which did not come. */
async function restoreQueued(service: Service, id: string, from: ImageStatus): Promise<void> {
  if (service.catalogue.image(id) === undefined) return;
  await service.catalogue.change(id, (current) => {
    if (current === undefined) throw notFound();
    if (current.status !== from) return current;
    const emptied = { size: null, virtual_size: null, updated_at: service.clock() };
    return { ...current, ...emptied, status: 'queued' };
  });
}

async function takeIn(
  service: Service,
  exchange: Exchange,
  image: ImageRecord,
  kind: 'image' | 'staged',
): Promise<Received> {
  const { status } = image;
  try {
    return await receive(service, image, bytesOf(exchange.body), {
      kind,
      length: announcedLength(exchange),
      signal: exchange.signal,
    });
  } catch (error) {
    await restoreQueued(service, image.id, status).catch(() => undefined);
    throw error;
  }
}

async function finish(
  service: Service,
  image: ImageRecord,
  kind: 'image' | 'staged',
  changes: Partial<ImageRecord>,
  missing: Fault,
): Promise<void> {
  try {
    await service.catalogue.change(image.id, (current) => {
      if (current === undefined || current.status !== image.status) throw missing;
      return { ...current, ...changes, updated_at: service.clock() };
    });
  } catch (error) {
    await service.store.removeBlob(kind, image.id);
    throw error;
  }
}

/** `PUT /v2/images/{image_id}/file`. */
export async function uploadData(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireOctetStream(exchange);
  const id = param(exchange, 'image_id');
  const image = await service.catalogue.change(id, (stored) => {
    const current = requireVisible(stored, exchange, `No image found with ID ${id}`);
    requireOwner(current, exchange, `Not allowed to upload image data for image ${id}`);
    requireQueued(current, 'saving');
    requireFormats(current);
    return { ...current, status: 'saving', updated_at: service.clock() };
  });
  const received = await takeIn(service, exchange, image, 'image');
  await finish(service, image, 'image', { ...received, status: 'active' }, gone(id));
  return empty(204);
}

/** `PUT /v2/images/{image_id}/stage`: data for a later `glance-direct` import. */
export async function stageData(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireOctetStream(exchange);
  const id = param(exchange, 'image_id');
  const image = await service.catalogue.change(id, (stored) => {
    const current = requireVisible(stored, exchange, `No image found with ID ${id}`);
    requireOwner(current, exchange);
    requireQueued(current, 'uploading');
    return { ...current, status: 'uploading', updated_at: service.clock() };
  });
  const { size } = await takeIn(service, exchange, image, 'staged');
  await finish(service, image, 'staged', { size }, notFound(`No image found with ID ${id}`));
  return empty(204);
}
