import { Readable } from 'node:stream';
import type { ByteStream } from '../../core/upstream.ts';

/** A Node stream that nothing is done about before somebody wants its bytes. */
export class LateStream implements ByteStream {
  readonly begin: () => Readable;

  constructor(begin: () => Readable) {
    this.begin = begin;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.begin()[Symbol.asyncIterator]();
  }
}

/** A byte stream as a Node stream, which begins now; one that is a Node stream already is itself. */
export function toReadable(stream: ByteStream): Readable {
  if (stream instanceof LateStream) return stream.begin();
  return stream instanceof Readable ? stream : Readable.from(stream, { objectMode: false });
}
