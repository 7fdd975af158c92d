import { createHash } from 'node:crypto';
import type { ByteStream } from '../../core/upstream.ts';
import { badRequest, tooLarge } from '../http/fault.ts';
import type { ImageRecord } from '../record.ts';
import type { Service } from '../service.ts';
import type { BlobKind } from '../store.ts';
import { sizeInspector } from './virtual-size.ts';

/** What is known of data once all of it has gone by. */
export type Received = Pick<
  ImageRecord,
  'size' | 'virtual_size' | 'checksum' | 'os_hash_algo' | 'os_hash_value'
>;

/** The sender's stream failed, which is the sender's affair: it gets its own error back. */
export class SenderFailure extends Error {
  constructor(cause: unknown) {
    super('the sender of the data failed', { cause });
    this.name = 'SenderFailure';
  }
}

/** Settles as `work` does, or rejects as soon as `signal` aborts, even if `work` never settles. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The source's pieces until `signal` aborts. @throws SenderFailure with the source's own error */
async function* guarded(
  source: ByteStream,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let open = true;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await abortable(
        iterator.next().catch((error: unknown) => {
          open = false;
          throw new SenderFailure(error);
        }),
        signal,
      );
      if (next.done === true) {
        open = false;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a source that is stuck would never let go.
    if (open) iterator.return?.()?.catch(() => undefined);
  }
}

function isStorageFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

export interface ReceiveOptions {
  readonly kind: BlobKind;
  /** Bytes announced, when they were. */
  readonly length?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams data into the store, hashing it on the way; holds one chunk at a time.
 * Whatever goes wrong, nothing of it stays behind.
 * @throws Fault 413 above the size limit, 400 when it is not as long as announced; {@link SenderFailure}; what the signal throws
 */
export async function receive(
  service: Service,
  image: ImageRecord,
  source: ByteStream,
  { kind, length, signal }: ReceiveOptions,
): Promise<Received> {
  const md5 = createHash('md5');
  const sha512 = createHash('sha512');
  const inspector = sizeInspector(image.disk_format, image.container_format);
  const writer = await service.store.createBlob(kind, image.id);
  let size = 0;
  try {
    for await (const chunk of guarded(source, signal)) {
      size += chunk.byteLength;
      if (size > service.limits.imageSize) {
        throw tooLarge('The incoming image is too large: The provided image is too large.');
      }
      // The store writes while this thread hashes.
      const writing = writer.write(chunk);
      md5.update(chunk);
      sha512.update(chunk);
      inspector.see(chunk);
      await writing;
    }
    signal?.throwIfAborted();
    if (length !== undefined && length !== size) {
      throw badRequest(`The request announced ${length} bytes of data and carried ${size}.`);
    }
    await writer.finish();
  } catch (error) {
    await writer.discard();
    if (isStorageFull(error)) {
      throw tooLarge(
        'Image storage media is full: There is not enough disk space on the image storage media.',
      );
    }
    throw error;
  }
  return {
    size,
    virtual_size: inspector.result(),
    checksum: md5.digest('hex'),
    os_hash_algo: 'sha512',
    os_hash_value: sha512.digest('hex'),
  };
}
