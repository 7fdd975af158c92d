import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { buildProperties } from '../../mappings/build.ts';
import { jsonOf, until, useFakeGlance } from '../faults/setting.ts';
import { answer, cannedImage, type Script } from '../fixtures/fake-glance.ts';

const idOf = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const page = (from: number, count: number, more: boolean) => ({
  images: Array.from({ length: count }, (_, n) => cannedImage({ id: idOf(from + n) })),
  ...(more && { next: '/v2/images?marker=x' }),
});
/** Bytes that are held on to, garbage apart. */
function heldMemory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const idsIn = (document: { images: readonly { id: string }[] }) =>
  document.images.map(({ id }) => id);

describe('a list of several pages', () => {
  const place = useFakeGlance();
  const list = '/v2.1/images/detail';
  /** Three pages of two; the last is answered by `last`. */
  const threePages = (last: Script) => {
    place.glance.on('GET', /^\/v2\/images\?/, answer(200, page(0, 2, true)));
    place.glance.on('GET', /marker=00000001/, answer(200, page(2, 2, true)));
    place.glance.on('GET', /marker=00000003/, last);
  };

  it.each([list, '/v2.1/images', '/api/images', '/v2.1/images?limit=5'])(
    'is whole and in order: %s',
    async (target) => {
      threePages(answer(200, page(4, 1, false)));
      const got = await place.ask(target, { headers: { accept: 'application/json' } });
      expect(got.status).toBe(200);
      expect(got.headers.get('content-type')).toContain('application/json');
      expect(idsIn(await jsonOf(got))).toEqual([0, 1, 2, 3, 4].map(idOf));
    },
  );

  it('begins to arrive before the last page is there', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    threePages(async (exchange) => {
      await gate;
      return answer(200, page(4, 1, false))(exchange);
    });
    const got = await place.ask(list);
    const reader = got.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain(idOf(0));
    go();
    while (!(await reader?.read())?.done);
  });

  it('never ends well when a later page cannot be had', async () => {
    threePages(answer(500));
    const got = await place.ask(list);
    expect(got.status).toBe(200);
    await expect(got.text()).rejects.toThrow();
  });

  it('is refused as usual when the first page is', async () => {
    place.glance.on('GET', /^\/v2\/images\?/, answer(403));
    const got = await place.ask(list);
    expect(got.status).toBe(403);
    expect(await jsonOf(got)).toMatchObject({ forbidden: { code: 403 } });
  });

  it('is not gone on with when the client has left', async () => {
    let held = false;
    threePages(async ({ socket }) => {
      held = true;
      await new Promise((resolve) => socket.once('close', resolve));
    });
    const leaving = new AbortController();
    const got = await place.ask(list, { signal: leaving.signal });
    await until(() => held);
    const { length } = place.glance.seen;
    leaving.abort();
    await got.text().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(place.glance.seen).toHaveLength(length);
  });

  it('may turn out to have nothing to show', async () => {
    const claim = (n: number) => cannedImage({ id: idOf(n), [buildProperties.claimOf]: 'build' });
    const more = { next: '/v2/images?marker=x' };
    place.glance.on('GET', /^\/v2\/images\?/, answer(200, { images: [claim(0)], ...more }));
    place.glance.on('GET', /marker=00000000/, answer(200, { images: [claim(1)] }));
    expect(await (await place.ask(list)).text()).toBe('{"images":[]}');
  });
});

describe('a list of many pages of a thousand', () => {
  const place = useFakeGlance();
  const each = 1_000;
  const list = '/v2.1/images/detail';
  const pages = 100;
  /** Tells how many pages have been asked for; `when` is told at each. */
  const thereAreMany = (when: (asked: number) => void = () => undefined) => {
    let asked = 0;
    place.glance.on('GET', /^\/v2\/images\?/, (exchange) => {
      const from = asked * each;
      asked += 1;
      when(asked);
      return answer(200, page(from, each, asked < pages))(exchange);
    });
    return () => asked;
  };

  it('has no more than some of them in memory', async () => {
    const held: number[] = [];
    thereAreMany((asked) => {
      if (asked % 30 === 0) held.push(heldMemory());
    });
    let bytes = 0;
    for await (const piece of (await place.ask(list)).body ?? []) bytes += piece.length;
    expect(bytes).toBeGreaterThan(pages * each * 500);
    const [early = 0, , late = 0] = held;
    expect(late - early).toBeLessThan(bytes / 10);
  });

  it('is asked for no further than the client reads', async () => {
    const asked = thereAreMany();
    const leaving = new AbortController();
    const got = await place.ask(list, { signal: leaving.signal });
    await got.body?.getReader().read();
    let before = 0;
    await until(async () => {
      const same = asked() === before;
      before = asked();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return same;
    });
    expect(asked()).toBeLessThan(pages / 2);
    leaving.abort();
  });
});
