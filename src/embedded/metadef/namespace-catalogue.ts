import type { ImageStore } from '../store.ts';
import type { NamespaceRecord } from './records.ts';

/** The namespaces in memory, and the one way to change them: one change at a time, the store first. */
export class NamespaceCatalogue {
  readonly #store: ImageStore;
  readonly #namespaces = new Map<string, NamespaceRecord>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: ImageStore) {
    this.#store = store;
  }

  /** Fills the index at the start from what is stored. */
  load(documents: ReadonlyMap<string, string>): void {
    const records = [...documents.values()].map((text) => JSON.parse(text) as NamespaceRecord);
    records.sort((a, b) => a.created_at - b.created_at);
    for (const record of records) this.#namespaces.set(record.id, record);
  }

  /** All namespaces, oldest first. */
  all(): NamespaceRecord[] {
    return [...this.#namespaces.values()];
  }

  find(name: string): NamespaceRecord | undefined {
    return this.all().find((record) => record.namespace === name);
  }

  /**
   * Makes one change. `step` gives the record to keep; what it throws leaves everything as it was.
   */
  change(step: () => NamespaceRecord): Promise<NamespaceRecord> {
    return this.#queued(async () => {
      const next = step();
      await this.#store.save('namespaces', next.id, JSON.stringify(next));
      this.#namespaces.set(next.id, next);
      return next;
    });
  }

  /** Deletes the namespace that `pick` gives. */
  remove(pick: () => NamespaceRecord): Promise<void> {
    return this.#queued(async () => {
      const { id } = pick();
      await this.#store.erase('namespaces', id);
      this.#namespaces.delete(id);
    });
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
