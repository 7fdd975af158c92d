import type { ByteStream } from '../../core/upstream.ts';

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

/** A stream of known length, so that the runtime sends `Content-Length` and not chunks. */
export function withLength(
  stream: ReadableStream<Uint8Array>,
  length: number | undefined,
): { body: ReadableStream<Uint8Array>; finished: Promise<void> } {
  const pipe =
    length === undefined
      ? new TransformStream<Uint8Array, Uint8Array>()
      : new FixedLengthStream(length);
  return { body: pipe.readable, finished: stream.pipeTo(pipe.writable) };
}
