import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveBack, givingBack, givingBackReads } from '../../src/platform/node/give-back.ts';

const size = 64 * 1024;

/** A stream that keeps all pieces it was ever given, as nobody should. */
function hoarder() {
  const pieces: Uint8Array[] = [];
  const stream = new Writable({
    write: (piece: Uint8Array, _, done) => {
      pieces.push(piece);
      setImmediate(done);
    },
  });
  return { pieces, stream };
}

const kept = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0);

describe('memory of pieces', () => {
  const server = createServer((_, outgoing) => outgoing.end(Buffer.alloc(4 * size)));
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('is given back, and left alone for a part of something larger', () => {
    const whole = new Uint8Array(size);
    const part = new Uint8Array(size).subarray(1);
    giveBack(whole);
    giveBack(part);
    expect(whole.length).toBe(0);
    expect(part.length).toBe(size - 1);
  });

  async function answer(): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const [message] = await once(get({ port, agent: false }), 'response');
    return message;
  }

  it('that came over a connection is given back once written', async () => {
    const message = await answer();
    const { pieces, stream } = hoarder();
    await pipeline(message, givingBack(stream, message));
    expect(pieces.length).toBeGreaterThan(0);
    expect(kept(pieces)).toBe(0);
  });

  it('that a connection has read is given back once an answer has been found in it', async () => {
    const message = await answer();
    const { socket } = message;
    const reads: Uint8Array[] = [];
    givingBackReads(message);
    socket.on('data', (read) => reads.push(read));
    let bytes = 0;
    for await (const piece of message) bytes += piece.length;
    expect(bytes).toBe(4 * size);
    expect(reads.length).toBeGreaterThan(0);
    expect(kept(reads)).toBe(0);
    expect(socket.listeners('data')).not.toContain(giveBack);
  });

  it('of any other stream is left alone', async () => {
    const source = Readable.from([new Uint8Array(size), new Uint8Array(size)]);
    const { pieces, stream } = hoarder();
    await pipeline(source, givingBack(stream, source));
    expect(kept(pieces)).toBe(2 * size);
  });
});
