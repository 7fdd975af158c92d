import type { UpstreamAnswer } from '../../core/upstream.ts';
import { nothing } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { forbidden } from '../http/fault.ts';
import { visibleImage } from '../image/access.ts';
import type { Service } from '../service.ts';
import { requestedRange } from './range.ts';

/** `GET /v2/images/{image_id}/file`: the data or a part of it; 204 while there is none. */
export async function downloadData(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const image = visibleImage(service, exchange, param(exchange, 'image_id'));
  if (image.status === 'deactivated' && !exchange.isAdmin) {
    throw forbidden('The requested image has been deactivated. Image data download is forbidden.');
  }
  const { size } = image;
  if (size === null) return nothing;
  const range = requestedRange(exchange.headers, size);
  if (image.status !== 'active' && image.status !== 'deactivated') return nothing;
  const { start, end } = range ?? { start: 0, end: size };
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'content-length': String(end - start),
  };
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end - 1}/${size}`;
  if (image.checksum !== null) headers['content-md5'] = image.checksum;
  const body = service.store.readBlob('image', image.id, start, end);
  return { status: range === undefined ? 200 : 206, headers, body };
}
