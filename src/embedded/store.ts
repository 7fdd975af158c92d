import type { ByteStream } from '../core/upstream.ts';

/** The kinds of small documents that are kept, one text per id. */
export type Table = 'images' | 'tasks' | 'namespaces';

/** `image`: data that an image serves; `staged`: data waiting for an import. */
export type BlobKind = 'image' | 'staged';

/** Data on its way in. Nothing of it can be read before `finish` has resolved. */
export interface BlobWriter {
  /** Resolves when the store has taken the bytes: awaiting it is the back-pressure. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the data durable and readable. */
  finish(): Promise<void>;
  /** Throws the data away; harmless after `finish` or twice. */
  discard(): Promise<void>;
}

export interface StoredState {
  readonly documents: Readonly<Record<Table, ReadonlyMap<string, string>>>;
  /** Ids of deleted images, which may never be used again. */
  readonly spent: ReadonlySet<string>;
}

/**
 * Where the embedded Glance keeps what must outlive it. Documents are opaque texts; ids are UUIDs.
 * A resolved promise means that the change survives a crash (as far as the store is durable at all).
 */
export interface ImageStore {
  /** Reads everything that is kept and throws away half-written data. */
  open(): Promise<StoredState>;
  save(table: Table, id: string, text: string): Promise<void>;
  erase(table: Table, id: string): Promise<void>;
  /** Remembers that an image id was used. */
  spend(id: string): Promise<void>;
  createBlob(kind: BlobKind, id: string): Promise<BlobWriter>;
  /** Bytes `start` up to, not including, `end`. */
  readBlob(kind: BlobKind, id: string, start: number, end: number): ByteStream;
  removeBlob(kind: BlobKind, id: string): Promise<void>;
  listBlobs(kind: BlobKind): Promise<readonly string[]>;
  close(): Promise<void>;
}
