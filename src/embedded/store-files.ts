import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteStream } from '../core/upstream.ts';
import type { BlobKind, BlobWriter, ImageStore, StoredState, Table } from './store.ts';

const tables = ['images', 'tasks', 'namespaces'] as const satisfies readonly Table[];
const blobKinds = ['image', 'staged'] as const satisfies readonly BlobKind[];
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const readSize = 256 * 1024;

/** File name of an id. Capitals are marked, because not every file system tells them apart. */
function fileNameOf(id: string): string {
  if (!idPattern.test(id)) throw new Error('not an id');
  const lower = id.toLowerCase();
  if (lower === id) return id;
  const capitals = Array.from(id, (letter, index) => (letter === lower[index] ? '0' : '1'));
  return `${lower}+${capitals.join('')}`;
}

/** The id that a file name stands for; `undefined` for a foreign file. */
function idOf(fileName: string): string | undefined {
  const [lower = '', capitals = ''] = fileName.split('+');
  if (!idPattern.test(lower)) return undefined;
  return Array.from(lower, (c, index) => (capitals[index] === '1' ? c.toUpperCase() : c)).join('');
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* readRange(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    let position = start;
    while (position < end) {
      const length = Math.min(readSize, end - position);
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, position);
      if (bytesRead === 0) throw new Error('image data ended early');
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/**
 * Keeps everything in one folder: `images/`, `tasks/`, `namespaces/` (a JSON file per id), `data/image/` and
 * `data/staged/` (raw bytes), `incoming/` (files being written) and `spent-ids` (one id a line).
 * Files appear by rename after fsync, so a kill at any moment leaves old or new, never half.
 * One process at a time: a second one on the same folder would serve its own, stale index and sweep the
 * first one's `incoming/`, so that the first one's writes fail (and are reported) instead of being mixed.
 */
export class FileStore implements ImageStore {
  readonly #root: string;
  #temporaries = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async open(): Promise<StoredState> {
    await rm(join(this.#root, 'incoming'), { recursive: true, force: true });
    for (const name of ['incoming', 'data/image', 'data/staged', ...tables]) {
      await mkdir(join(this.#root, name), { recursive: true });
    }
    const [images, tasks, namespaces] = await Promise.all(tables.map((t) => this.#load(t)));
    const none = new Map<string, string>();
    return {
      documents: {
        images: images ?? none,
        tasks: tasks ?? none,
        namespaces: namespaces ?? none,
      },
      spent: await this.#loadSpent(),
    };
  }

  async save(table: Table, id: string, text: string): Promise<void> {
    const target = this.#document(table, id);
    const writer = await this.#create(target);
    await writer.write(new TextEncoder().encode(text));
    await writer.finish();
  }

  async erase(table: Table, id: string): Promise<void> {
    await rm(this.#document(table, id), { force: true });
  }

  async spend(id: string): Promise<void> {
    const handle = await open(join(this.#root, 'spent-ids'), 'a');
    try {
      await handle.write(`${id}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  createBlob(kind: BlobKind, id: string): Promise<BlobWriter> {
    return this.#create(this.#blob(kind, id));
  }

  readBlob(kind: BlobKind, id: string, start: number, end: number): ByteStream {
    return readRange(this.#blob(kind, id), start, end);
  }

  async removeBlob(kind: BlobKind, id: string): Promise<void> {
    await rm(this.#blob(kind, id), { force: true });
  }

  async listBlobs(kind: BlobKind): Promise<readonly string[]> {
    const names = await readdir(join(this.#root, 'data', kind));
    return names.flatMap((name) => idOf(name) ?? []);
  }

  async close(): Promise<void> {}

  #document(table: Table, id: string): string {
    return join(this.#root, table, `${fileNameOf(id)}.json`);
  }

  #blob(kind: (typeof blobKinds)[number], id: string): string {
    return join(this.#root, 'data', kind, fileNameOf(id));
  }

  async #create(target: string): Promise<BlobWriter> {
    this.#temporaries += 1;
    const temporary = join(this.#root, 'incoming', `${process.pid}-${this.#temporaries}`);
    const handle: FileHandle = await open(temporary, 'wx');
    let done = false;
    const discard = async () => {
      if (done) return;
      done = true;
      await handle.close();
      await rm(temporary, { force: true });
    };
    return {
      write: async (chunk) => {
        let offset = 0;
        while (offset < chunk.byteLength) {
          const { bytesWritten } = await handle.write(chunk, offset);
          offset += bytesWritten;
        }
      },
      finish: async () => {
        try {
          await handle.sync();
          await handle.close();
          await rename(temporary, target);
          done = true;
          await syncFolder(join(target, '..'));
        } catch (error) {
          await discard().catch(() => undefined);
          throw error;
        }
      },
      discard,
    };
  }

  async #load(table: Table): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const name of await readdir(join(this.#root, table))) {
      const id = name.endsWith('.json') ? idOf(name.slice(0, -'.json'.length)) : undefined;
      if (id !== undefined) found.set(id, await readFile(join(this.#root, table, name), 'utf8'));
    }
    return found;
  }

  async #loadSpent(): Promise<Set<string>> {
    const path = join(this.#root, 'spent-ids');
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    // A line that a crash cut short would swallow the next id.
    if (text !== '' && !text.endsWith('\n')) {
      const handle = await open(path, 'a');
      await handle.write('\n');
      await handle.close();
    }
    return new Set(text.split('\n').filter((line) => idPattern.test(line)));
  }
}
