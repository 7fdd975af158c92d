import { expect, it } from 'vitest';
import type { ByteStream } from '../../src/core/upstream.ts';
import { GlanceClient } from '../../src/glance/client.ts';
import { storeContent } from '../../src/glance/store-content.ts';
import { callContext } from './context.ts';

/** What Glance gets of a first chunk while the client has not sent a second one. */
async function firstChunk(claim: { size?: number; md5?: string }): Promise<unknown> {
  const waiting = new Promise<never>(() => undefined);
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array([1, 2, 3]);
    await waiting;
  }
  return new Promise((resolve) => {
    const glance = new GlanceClient(async ({ body }) => {
      const late = setTimeout(() => resolve('nothing'), 100);
      for await (const chunk of body as ByteStream) {
        clearTimeout(late);
        resolve([...chunk]);
      }
      return { status: 204, headers: {}, body: null };
    });
    void storeContent(glance, callContext(), 'id', {
      body: slow(),
      length: undefined,
      claim,
      later: false,
    });
  });
}

it('data with a claim is held back by one chunk', async () => {
  expect(await firstChunk({ size: 6 })).toBe('nothing');
});

// where nothing is claimed nothing is to be held back: a slow upload would seem not to have begun
it('data without a claim goes on as it comes', async () => {
  expect(await firstChunk({})).toEqual([1, 2, 3]);
});
