import { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';

/** Frees a buffer at once. */
function createFree(): (buffer: ArrayBuffer) => void {
  if ('transfer' in ArrayBuffer.prototype) return (buffer) => void buffer.transfer(0);
  // Node 20 has no `transfer`; what is moved to a port that is closed is nobody's
  const { port1 } = new MessageChannel();
  port1.close();
  return (buffer) => port1.postMessage(null, [buffer]);
}

const free = createFree();

/** Gives the memory of a piece back at once; nobody may look at the piece any more. A part of something larger is left alone. */
export function giveBack(piece: Uint8Array): void {
  const { buffer, byteLength } = piece;
  // what the collector has to find counts as growth to it, and makes it look through the whole heap every few dozen MiB
  if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) free(buffer);
}

/** Whether a stream's pieces are made for its reader alone; those of others may be somebody's to keep. */
export const makesPieces = (stream: Readable): boolean => stream instanceof IncomingMessage;

/** Makes a stream that is piped to give back what it has written, where its source makes pieces for it alone. */
export function givingBack<Target extends Writable>(to: Target, from: Readable): Target {
  if (!makesPieces(from)) return to;
  const write = to.write.bind(to);
  to.write = (piece: Uint8Array) => write(piece, (error) => error ?? giveBack(piece));
  return to;
}

/** Gives back what a connection reads of an answer once the parser has copied it out, as long as the answer lasts. */
export function givingBackReads(answer: IncomingMessage): void {
  const { socket } = answer;
  socket.on('data', giveBack);
  answer.once('close', () => socket.off('data', giveBack));
}
