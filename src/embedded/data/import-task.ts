import { isFault } from '../../core/fault.ts';
import type { ByteStream } from '../../core/upstream.ts';
import {
  failedImportKey,
  type ImageRecord,
  importingStoresKey,
  importTaskKey,
  type TaskRecord,
  withoutProperty,
  withProperty,
} from '../record.ts';
import type { Service } from '../service.ts';
import { type Received, receive, SenderFailure } from './receive.ts';

/** Finished tasks are kept for two days. */
const taskLifetime = 48 * 3600 * 1_000_000;

function requireLocked(image: ImageRecord | undefined, task: TaskRecord): ImageRecord {
  if (image?.properties.get(importTaskKey) !== task.id) throw new Error('The image was deleted.');
  return image;
}

function begin(service: Service, task: TaskRecord, id: string): Promise<ImageRecord> {
  return service.catalogue.change(id, (stored) => {
    const image = requireLocked(stored, task);
    let { properties } = image;
    for (const key of [importingStoresKey, failedImportKey]) {
      properties = withProperty(properties, key, '');
    }
    return { ...image, status: 'importing', properties, updated_at: service.clock() };
  });
}

function end(
  service: Service,
  task: TaskRecord,
  id: string,
  received?: Received,
): Promise<ImageRecord> {
  return service.catalogue.change(id, (stored) => {
    const image = requireLocked(stored, task);
    const data = received ?? { size: null, virtual_size: null };
    const status = received === undefined ? 'queued' : 'active';
    const properties = withoutProperty(image.properties, importTaskKey);
    return { ...image, ...data, status, properties, updated_at: service.clock() };
  });
}

async function fetchData(
  service: Service,
  image: ImageRecord,
  uri: string | undefined,
  signal: AbortSignal,
): Promise<Received> {
  let source: ByteStream;
  let length: number | undefined;
  if (uri === undefined) {
    source = service.store.readBlob('staged', image.id, 0, image.size ?? 0);
  } else {
    const opened = await service.openSource(uri, signal);
    if (isFault(opened)) throw new Error(opened.message);
    ({ body: source, length } = opened);
  }
  return receive(service, image, source, { kind: 'image', length, signal });
}

/** Brings the data in and the image to `active`; when that fails, the image to `queued`. */
async function attempt(
  service: Service,
  task: TaskRecord,
  uri: string | undefined,
  signal: AbortSignal,
): Promise<Partial<TaskRecord>> {
  const id = task.image_id ?? '';
  try {
    const image = await begin(service, task, id);
    const received = await fetchData(service, image, uri, signal);
    await end(service, task, id, received);
    const copied = Math.floor((received.size ?? 0) / 2 ** 20);
    return { status: 'success', result: { image_id: id }, message: `Copied ${copied} MiB` };
  } catch (error) {
    const cause = error instanceof SenderFailure ? error.cause : error;
    // Data of an image that did not become active is nobody's.
    await end(service, task, id).catch(() => undefined);
    await service.store.removeBlob('image', id).catch(() => undefined);
    return { status: 'failure', message: cause instanceof Error ? cause.message : 'failed' };
  }
}

/**
 * Does the work of one import: from `uri`, or from the staged data when there is none. Never rejects; a
 * failure puts the image back to `queued` and is told by the task.
 */
export async function runImport(
  service: Service,
  task: TaskRecord,
  uri: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { catalogue, store } = service;
  // A report that cannot be kept changes nothing about the image.
  const report = (changes: Partial<TaskRecord>): Promise<void> =>
    catalogue.putTask({ ...task, ...changes, updated_at: service.clock() }).catch(() => undefined);
  await report({ status: 'processing' });
  const outcome = await attempt(service, task, uri, signal);
  await report({ ...outcome, expires_at: service.clock() + taskLifetime });
  await store.removeBlob('staged', task.image_id ?? '').catch(() => undefined);
}
