import { describe, expect, it } from 'vitest';
import { answer, cannedImage, imageId, type Script } from '../fixtures/fake-glance.ts';
import { useFakeGlance } from './setting.ts';

const idOf = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;

describe('paging that does not end well', () => {
  const place = useFakeGlance();
  const pages = (script: Script) => place.glance.on('GET', /^\/v2\/images\?/, script);

  it('a next link on a page without images is 502', async () => {
    pages(answer(200, { images: [], next: '/v2/images?marker=x' }));
    const got = await place.ask('/v1/images');
    expect(got.status).toBe(502);
    expect(place.glance.seen).toHaveLength(1);
  });

  it('a page that repeats itself is 502', async () => {
    pages(answer(200, { images: [cannedImage()], next: '/v2/images?marker=x' }));
    expect((await place.ask('/v1/images')).status).toBe(502);
    expect(place.glance.seen.length).toBeLessThanOrEqual(2);
  });

  // right: an image that comes again is a loop, 502; now pages are asked for up to 10,000 times, and images listed twice
  it('two pages that lead to each other are noticed', async () => {
    let turn = 0;
    pages(async (exchange) => {
      turn += 1;
      const image = cannedImage({ id: idOf(turn % 2) });
      await answer(200, { images: [image], next: '/v2/images?marker=x' })(exchange);
    });
    const got = await place.ask('/v1/images?limit=30');
    expect(got.status).toBe(502);
    expect(place.glance.seen.length).toBeLessThanOrEqual(10);
  });

  it('a next link to another host is never followed', async () => {
    let first = true;
    pages(async (exchange) => {
      const next = first ? { next: 'http://127.0.0.1:1/steal?token=1' } : {};
      const image = cannedImage({ id: first ? imageId : idOf(2) });
      first = false;
      await answer(200, { images: [image], ...next })(exchange);
    });
    const got = await place.ask('/v1/images');
    expect(got.status).toBe(200);
    expect(place.glance.seen[1]?.target).toContain(`marker=${imageId}`);
  });

  it('a page larger than asked for never makes a list longer than its limit', async () => {
    const images = Array.from({ length: 50 }, (_, i) => cannedImage({ id: idOf(i) }));
    pages(answer(200, { images, next: '/v2/images?marker=x' }));
    const got = JSON.parse(await (await place.ask('/v1/images?limit=7')).text());
    expect(got.images).toHaveLength(7);
  });

  it('stops asking when the client has gone', async () => {
    let n = 0;
    const leave = new AbortController();
    pages(async (exchange) => {
      n += 1;
      if (n === 3) leave.abort();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await answer(200, { images: [cannedImage({ id: idOf(n) })], next: 'more' })(exchange);
    });
    await expect(place.ask('/v1/images?limit=1000', { signal: leave.signal })).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(place.glance.seen.length).toBeLessThanOrEqual(5);
  });
});

describe('a limit on what one request may cost', () => {
  const place = useFakeGlance({ callLimit: 10 });

  it('ends a list that walks on and on, and says what to do', async () => {
    let turn = 0;
    place.glance.on('GET', /^\/v2\/images\?/, async (exchange) => {
      turn += 1;
      const image = cannedImage({ id: idOf(turn), name: turn > 30 ? 'rare' : 'common' });
      await answer(200, { images: [image], next: '/v2/images?marker=x' })(exchange);
    });
    const got = await place.ask('/v1/images?limit=30');
    expect([got.status, await got.text()]).toEqual([413, expect.stringContaining('less at once')]);
    expect(place.glance.seen).toHaveLength(10);
    expect((await place.ask('/v1/images?limit=10')).status).toBe(200);
  });
});
