import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../src/core/fault.ts';
import type { Claim } from '../../src/core/operation.ts';
import { hold } from '../../src/glance/claim.ts';

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const sizeOf = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((sum, chunk) => sum + chunk.length, 0);
const md5Of = (chunks: readonly Uint8Array[]): string =>
  createHash('md5').update(Buffer.concat(chunks)).digest('hex');

/** What came through, and whether the stream ended as it should. */
async function pass(chunks: readonly Uint8Array[], claim: Claim) {
  const held = hold(streamOf(chunks), claim);
  const passed: Uint8Array[] = [];
  let ended = true;
  try {
    for await (const chunk of held.stream) passed.push(chunk);
  } catch {
    ended = false;
  }
  return { passed, ended, fault: held.broken() };
}

const someBytes = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 });
const withEmpty = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 12 });

function claims(chunks: readonly Uint8Array[], parts: number): Claim {
  return {
    ...(parts & 1 && { size: sizeOf(chunks) }),
    ...(parts & 2 && { md5: parts & 4 ? md5Of(chunks).toUpperCase() : md5Of(chunks) }),
  };
}

describe('data held to a claim', () => {
  it('comes through whole when the claim is right, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(withEmpty, fc.nat(7), async (chunks, parts) => {
        const { passed, ended, fault } = await pass(chunks, claims(chunks, parts));
        expect(ended).toBe(true);
        expect(fault).toBeUndefined();
        expect(Buffer.concat(passed)).toEqual(Buffer.concat(chunks));
      }),
    );
  });

  it('never comes through to its end when the size is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(someBytes, fc.nat(500), async (chunks, size) => {
        fc.pre(size !== sizeOf(chunks));
        const { passed, ended, fault } = await pass(chunks, { size });
        expect(ended).toBe(false);
        expect(isFault(fault) && fault.kind).toBe('bad-request');
        expect(sizeOf(passed)).toBeLessThanOrEqual(Math.max(0, sizeOf(chunks) - 1));
        expect(sizeOf(passed)).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('never comes through to its end when the checksum is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(someBytes, async (chunks) => {
        const { passed, ended, fault } = await pass(chunks, { md5: '0'.repeat(32) });
        expect(ended).toBe(false);
        expect(isFault(fault) && fault.kind).toBe('bad-request');
        expect(sizeOf(passed)).toBeLessThanOrEqual(Math.max(0, sizeOf(chunks) - 1));
      }),
    );
  });

  // a last chunk without bytes must not let all the bytes out: the last one that has some is to be held back
  it('never comes through to its end when an empty chunk follows', async () => {
    const chunks = [new Uint8Array([1, 2, 3]), new Uint8Array(0)];
    const { passed } = await pass(chunks, { md5: '0'.repeat(32) });
    expect(sizeOf(passed)).toBeLessThan(3);
  });

  it('ends some time when it is much too long, and nothing goes on after the claim', async () => {
    let read = 0;
    const chunk = new Uint8Array(1024 * 1024);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1;
        yield chunk;
      }
    }
    const held = hold(endless(), { size: 2 * chunk.length });
    let passed = 0;
    await expect(
      (async () => {
        for await (const each of held.stream) passed += each.length;
      })(),
    ).rejects.toThrow();
    expect(passed).toBeLessThanOrEqual(2 * chunk.length);
    // a client that listens only afterwards is read on for a while, but not for ever
    expect(read).toBeLessThan(200);
    expect(held.broken()?.kind).toBe('bad-request');
  });

  it('fails as its source fails', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(3);
      throw new Error('the client has left');
    }
    const held = hold(broken(), { size: 3 });
    await expect(
      (async () => {
        for await (const _ of held.stream);
      })(),
    ).rejects.toThrow('the client has left');
    expect(held.broken()).toBeUndefined();
  });
});
