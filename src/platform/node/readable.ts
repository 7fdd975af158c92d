import { Readable } from 'node:stream';
import type { ByteStream } from '../../core/upstream.ts';

/** A byte stream as a Node stream; one that is a Node stream already is itself. */
export function toReadable(stream: ByteStream): Readable {
  return stream instanceof Readable ? stream : Readable.from(stream, { objectMode: false });
}
