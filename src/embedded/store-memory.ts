import type { ByteStream } from '../core/upstream.ts';
import type { BlobKind, BlobWriter, ImageStore, StoredState, Table } from './store.ts';

async function* slice(
  chunks: readonly Uint8Array[],
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  for (const chunk of chunks) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, chunk.byteLength);
    if (from < to) yield chunk.subarray(from, to);
    position += chunk.byteLength;
    if (position >= end) return;
  }
}

/** Keeps everything in this process (or isolate) and loses it with it. */
export class MemoryStore implements ImageStore {
  readonly #documents: Record<Table, Map<string, string>> = {
    images: new Map(),
    tasks: new Map(),
    namespaces: new Map(),
  };
  readonly #spent = new Set<string>();
  readonly #blobs: Record<BlobKind, Map<string, readonly Uint8Array[]>> = {
    image: new Map(),
    staged: new Map(),
  };

  async open(): Promise<StoredState> {
    const { images, tasks, namespaces } = this.#documents;
    return {
      documents: {
        images: new Map(images),
        tasks: new Map(tasks),
        namespaces: new Map(namespaces),
      },
      spent: new Set(this.#spent),
    };
  }

  async save(table: Table, id: string, text: string): Promise<void> {
    this.#documents[table].set(id, text);
  }

  async erase(table: Table, id: string): Promise<void> {
    this.#documents[table].delete(id);
  }

  async spend(id: string): Promise<void> {
    this.#spent.add(id);
  }

  async createBlob(kind: BlobKind, id: string): Promise<BlobWriter> {
    const chunks: Uint8Array[] = [];
    const blobs = this.#blobs[kind];
    return {
      // A copy: the sender may use its buffer again.
      write: async (chunk) => void chunks.push(chunk.slice()),
      finish: async () => void blobs.set(id, chunks),
      discard: async () => {
        if (blobs.get(id) !== chunks) chunks.length = 0;
      },
    };
  }

  readBlob(kind: BlobKind, id: string, start: number, end: number): ByteStream {
    return slice(this.#blobs[kind].get(id) ?? [], start, end);
  }

  async removeBlob(kind: BlobKind, id: string): Promise<void> {
    this.#blobs[kind].delete(id);
  }

  async listBlobs(kind: BlobKind): Promise<readonly string[]> {
    return [...this.#blobs[kind].keys()];
  }

  async close(): Promise<void> {}
}
