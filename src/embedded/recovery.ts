import { type ImageRecord, importTaskKey, type TaskRecord, withoutProperty } from './record.ts';
import { decodeImage, encodeImage } from './record-codec.ts';
import type { BlobKind, ImageStore, StoredState } from './store.ts';

function byCreation(
  a: { readonly created_at: number },
  b: { readonly created_at: number },
): number {
  return a.created_at - b.created_at;
}

/** An image as it must be after a stop in the middle of whatever it was doing. */
function settled(image: ImageRecord, staged: ReadonlySet<string>): ImageRecord {
  const isStaged = image.status === 'uploading' && image.size !== null && staged.has(image.id);
  const steady = image.status === 'active' || image.status === 'deactivated' || isStaged;
  const properties = image.properties.has(importTaskKey)
    ? withoutProperty(image.properties, importTaskKey)
    : image.properties;
  if (steady || image.status === 'queued') return { ...image, properties };
  return { ...image, properties, status: 'queued', size: null, virtual_size: null };
}

function readTasks(state: StoredState): TaskRecord[] {
  const tasks: TaskRecord[] = [];
  for (const text of state.documents.tasks.values()) {
    try {
      tasks.push(JSON.parse(text) as TaskRecord);
    } catch {
      // A foreign file; tasks are only reports.
    }
  }
  return tasks.sort(byCreation);
}

async function sweepBlobs(
  store: ImageStore,
  kind: BlobKind,
  keep: (image: ImageRecord) => boolean,
  images: ReadonlyMap<string, ImageRecord>,
): Promise<void> {
  for (const id of await store.listBlobs(kind)) {
    const image = images.get(id);
    if (image === undefined || !keep(image)) await store.removeBlob(kind, id);
  }
}

async function settleImages(store: ImageStore, state: StoredState): Promise<ImageRecord[]> {
  const staged = new Set(await store.listBlobs('staged'));
  const images: ImageRecord[] = [];
  for (const [id, text] of state.documents.images) {
    if (state.spent.has(id)) {
      // Deleted, and stopped before the rest was done.
      await store.erase('images', id);
      continue;
    }
    const image = decodeImage(text);
    if (image === undefined) throw new Error(`The record of image ${id} cannot be read.`);
    const next = settled(image, staged);
    if (encodeImage(next) !== text) await store.save('images', id, encodeImage(next));
    images.push(next);
  }
  return images.sort(byCreation);
}

async function settleTasks(
  store: ImageStore,
  state: StoredState,
  now: number,
): Promise<TaskRecord[]> {
  const kept: TaskRecord[] = [];
  for (const task of readTasks(state)) {
    if (task.expires_at !== null && task.expires_at < now) {
      await store.erase('tasks', task.id);
    } else if (task.status === 'pending' || task.status === 'processing') {
      const message = 'The service stopped during the import.';
      const failed: TaskRecord = { ...task, status: 'failure', message };
      await store.save('tasks', task.id, JSON.stringify(failed));
      kept.push(failed);
    } else kept.push(task);
  }
  return kept;
}

export interface Recovered {
  readonly images: readonly ImageRecord[];
  readonly tasks: readonly TaskRecord[];
}

/**
 * Brings what was stored to a steady state: interrupted uploads and imports are `queued` again without data,
 * half-done deletions are done, data that belongs to nothing is removed, old tasks are forgotten.
 */
export async function recover(
  store: ImageStore,
  state: StoredState,
  now: number,
): Promise<Recovered> {
  const images = await settleImages(store, state);
  const index = new Map(images.map((image) => [image.id, image]));
  await sweepBlobs(store, 'staged', (image) => image.status === 'uploading', index);
  const served = (image: ImageRecord) =>
    image.status === 'active' || image.status === 'deactivated';
  await sweepBlobs(store, 'image', served, index);
  return { images, tasks: await settleTasks(store, state, now) };
}
