import { type ByteStream, UpstreamFailure } from '../../core/upstream.ts';

/** Any byte stream as the web's. */
export function toReadableStream(stream: ByteStream): ReadableStream<Uint8Array> {
  if (stream instanceof ReadableStream) return stream;
  const iterator = stream[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** Bytes that one read of {@link inLargePieces} waits for. */
const largePiece = 64 * 1024;

/** Reads a stream of the runtime in large pieces: its own iterator gives 4 KiB at a time, each at the price of a turn. */
export async function* inLargePieces(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader({ mode: 'byob' });
  let whole = false;
  try {
    for (;;) {
      const { done, value } = await reader.readAtLeast(largePiece, new Uint8Array(largePiece));
      if (value && value.length > 0) yield value;
      if (done) {
        whole = true;
        return;
      }
    }
  } finally {
    if (!whole) void reader.cancel().catch(() => undefined);
  }
}

/** A document as it comes in, until its sender falls silent for `idle` milliseconds while more is wanted, or breaks off: {@link UpstreamFailure}. */
export function watched(
  document: ReadableStream<Uint8Array>,
  idle: number,
): ReadableStream<Uint8Array> {
  const reader = document.getReader({ mode: 'byob' });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let silent = false;
        const silence = setTimeout(() => {
          silent = true;
          void reader.cancel();
        }, idle);
        try {
          const { done, value } = await reader.readAtLeast(largePiece, new Uint8Array(largePiece));
          if (silent) throw new Error('silence');
          if (value && value.length > 0) controller.enqueue(value);
          if (done) controller.close();
        } catch (cause) {
          const kind = silent ? 'timeout' : 'broken';
          throw new UpstreamFailure(kind, 'the answer has not come to its end', { cause });
        } finally {
          clearTimeout(silence);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** A pipe of the runtime's own, through which bytes that it has itself pass without a turn of ours; by a known length it sends `Content-Length` and not chunks. */
export const pipeOf = (length: number | undefined): IdentityTransformStream =>
  length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
