import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Reply } from '../core/reply.ts';
import { isStream, UpstreamFailure } from '../core/upstream.ts';
import { faultOfFailure } from '../glance/answer.ts';

/** Bytes of an answer that are held at most; 1,000 images of Nova are about 1 MiB. */
const mostHeld = 48 * 1024 * 1024;

async function* streamed(chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield chunk;
}

/** A reply whose stream has come to its end before the reply begins. Fault: the one that it has broken off with, or `too-large`. */
export async function whole(reply: Reply): Promise<Reply | Fault> {
  const { body, headers } = reply;
  if (!isStream(body)) return reply;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > mostHeld) return fault('too-large', 'The list is too long. Ask for less at once.');
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof UpstreamFailure && isFault(error.cause)) return error.cause;
    return faultOfFailure(error);
  }
  // one piece beside its parts would be twice the memory
  return {
    ...reply,
    headers: [...headers, ['Content-Length', String(size)]],
    body: streamed(chunks),
  };
}
