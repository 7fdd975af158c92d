import type { ImageRecord, TaskRecord } from './record.ts';
import { encodeImage } from './record-codec.ts';
import type { ImageStore } from './store.ts';

/**
 * The index in memory from which everything is read, and the one way to change it: the store first, then the
 * index, one change of an image at a time. Records are never modified in place.
 */
export class Catalogue {
  readonly #store: ImageStore;
  readonly #images = new Map<string, ImageRecord>();
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #spent = new Set<string>();
  readonly #locks = new Map<string, Promise<void>>();

  constructor(store: ImageStore) {
    this.#store = store;
  }

  /** Fills the index at the start; images in the order of their creation. */
  load(
    images: readonly ImageRecord[],
    tasks: readonly TaskRecord[],
    spent: ReadonlySet<string>,
  ): void {
    for (const image of images) this.#images.set(image.id, image);
    for (const task of tasks) this.#tasks.set(task.id, task);
    for (const id of spent) this.#spent.add(id);
  }

  image(id: string): ImageRecord | undefined {
    return this.#images.get(id);
  }

  /** All images, oldest first. */
  images(): IterableIterator<ImageRecord> {
    return this.#images.values();
  }

  task(id: string): TaskRecord | undefined {
    return this.#tasks.get(id);
  }

  /** All tasks, oldest first. */
  tasks(): IterableIterator<TaskRecord> {
    return this.#tasks.values();
  }

  /** Adds an image; `false` when its id is or was in use. */
  create(image: ImageRecord): Promise<boolean> {
    return this.#locked(image.id, async () => {
      if (this.#images.has(image.id) || this.#spent.has(image.id)) return false;
      await this.#store.save('images', image.id, encodeImage(image));
      this.#images.set(image.id, image);
      return true;
    });
  }

  /**
   * Changes an image. `step` gets the current record (`undefined`: there is none) and gives the next one;
   * what it throws leaves everything as it was.
   */
  change(
    id: string,
    step: (current: ImageRecord | undefined) => ImageRecord,
  ): Promise<ImageRecord> {
    return this.#locked(id, async () => {
      const current = this.#images.get(id);
      const next = step(current);
      if (next === current) return next;
      await this.#store.save('images', id, encodeImage(next));
      this.#images.set(id, next);
      return next;
    });
  }

  /** Deletes an image and its data and spends its id. `check` may throw to keep it. */
  remove(id: string, check: (current: ImageRecord | undefined) => void): Promise<void> {
    return this.#locked(id, async () => {
      check(this.#images.get(id));
      // The spent id is what makes the deletion final; a start after a crash finishes the rest.
      await this.#store.spend(id);
      this.#spent.add(id);
      this.#images.delete(id);
      await this.#store.erase('images', id);
      await this.#store.removeBlob('image', id);
      await this.#store.removeBlob('staged', id);
    });
  }

  async putTask(task: TaskRecord): Promise<void> {
    await this.#store.save('tasks', task.id, JSON.stringify(task));
    this.#tasks.set(task.id, task);
  }

  async #locked<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#locks.get(id) ?? Promise.resolve();
    let release = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#locks.set(id, mine);
    await before;
    try {
      return await work();
    } finally {
      release();
      if (this.#locks.get(id) === mine) this.#locks.delete(id);
    }
  }
}
