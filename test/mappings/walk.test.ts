import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fault, isFault } from '../../src/core/fault.ts';
import type { Image } from '../../src/core/image.ts';
import { UpstreamFailure } from '../../src/core/upstream.ts';
import { GlanceClient } from '../../src/glance/client.ts';
import { walk } from '../../src/glance/walk.ts';
import { callContext } from './context.ts';
import { imageDocument } from './images.ts';

/** A Glance that has so many images, gives at most `most` at once, and a `next` link as Glance does: when a page is full. */
class FakeGlance extends GlanceClient {
  readonly queries: URLSearchParams[] = [];

  /** `readable`: images that an answer may have at most. */
  constructor(count: number, most: number, readable = Number.POSITIVE_INFINITY) {
    super(async (call) => {
      const query = new URLSearchParams(call.target.split('?')[1]);
      this.queries.push(query);
      if (Number(query.get('limit')) > readable) throw new UpstreamFailure('too-large', 'test');
      const limit = Math.min(Number(query.get('limit')), most);
      const marker = query.get('marker');
      const from = marker === null ? 0 : Number(marker) + 1;
      const images = Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, i) =>
        imageDocument({ id: String(from + i), size: (from + i) % 7 }),
      );
      const full = images.length > 0 && images.length === limit;
      const body = JSON.stringify({ images, ...(full && { next: 'https://elsewhere.test/' }) });
      return { status: 200, headers: {}, body };
    });
  }
}

const base = { ask: [['member_status', 'all']], sort: 'created_at:desc,id:desc' } as const;
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

async function found(glance: GlanceClient, selection: Parameters<typeof walk>[2]) {
  const images = await walk(glance, callContext(), selection);
  if (isFault(images)) throw new TypeError(images.kind);
  return images.map((image) => image.base.id);
}

describe('a list that is walked', () => {
  it('has every match once, in order, and no page is short', async () => {
    const plan = fc.record({
      count: fc.nat(120),
      most: fc.integer({ min: 1, max: 50 }),
      limit: fc.option(fc.nat(130), { nil: undefined }),
      marker: fc.option(fc.nat(119), { nil: undefined }),
      modulus: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ count, most, limit, marker, modulus }) => {
        fc.pre(marker === undefined || marker < count);
        const keep =
          modulus === undefined
            ? undefined
            : ({ base: { id } }: Image) => Number(id) % modulus === 0;
        const start = marker === undefined ? 0 : marker + 1;
        const model = ids(count)
          .slice(start)
          .filter((id) => modulus === undefined || Number(id) % modulus === 0)
          .slice(0, limit);
        const glance = new FakeGlance(count, most);
        const selection = { ...base, keep, limit, marker: marker?.toString() };
        expect(await found(glance, selection)).toEqual(model);
      }),
    );
  });

  it('is the same, page by page', async () => {
    const sizes = fc.record({ count: fc.nat(60), limit: fc.integer({ min: 1, max: 20 }) });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ count, limit }) => {
        const keep = ({ base: { id } }: Image) => Number(id) % 3 !== 0;
        const all: string[] = [];
        for (let marker: string | undefined; ; marker = all.at(-1)) {
          const page = await found(new FakeGlance(count, 25), { ...base, keep, limit, marker });
          all.push(...page);
          // clients stop at the first page that is not full
          if (page.length < limit) break;
        }
        expect(all).toEqual(ids(count).filter((id) => Number(id) % 3 !== 0));
      }),
    );
  });

  it('asks with the same words on every page', async () => {
    const glance = new FakeGlance(50, 10);
    await found(glance, { ...base, limit: undefined });
    expect(glance.queries.length).toBeGreaterThan(4);
    for (const query of glance.queries) {
      expect(query.get('member_status')).toBe('all');
      expect(query.get('sort')).toBe('created_at:desc,id:desc');
    }
  });

  it('costs one call when nothing is sifted', async () => {
    const glance = new FakeGlance(500, 1000);
    expect(await found(glance, { ...base, limit: 25 })).toHaveLength(25);
    expect(glance.queries.map((query) => query.get('limit'))).toEqual(['25']);
  });

  it('comes in smaller pages where one is more than can be read, and grows again', async () => {
    const glance = new FakeGlance(60, 1000, 50);
    expect(await found(glance, { ...base, limit: undefined })).toEqual(ids(60));
    expect(glance.queries.map((query) => query.get('limit'))).toEqual([
      '1000',
      '100',
      '10',
      '20',
      '40',
    ]);
    const hopeless = await walk(new FakeGlance(3, 1000, 0), callContext(), { ...base, limit: 2 });
    expect(isFault(hopeless) && hopeless.kind).toBe('upstream-too-large');
  });

  it('is in pages of the size that was asked for', async () => {
    const glance = new FakeGlance(20, 1000);
    expect(await found(glance, { ...base, page: 8, limit: undefined })).toEqual(ids(20));
    expect(glance.queries.map((query) => query.get('limit'))).toEqual(['8', '8', '8']);
  });

  it('ends when Glance gives the same page for ever', async () => {
    const image = imageDocument();
    const glance = new GlanceClient(async () => ({
      status: 200,
      headers: {},
      body: JSON.stringify({ images: [image], next: '/v2/images' }),
    }));
    const result = await walk(glance, callContext(), { ...base, limit: undefined });
    expect(isFault(result) && result.kind).toBe('upstream-broken');
  });

  it('is the fault that Glance gives', async () => {
    const glance = new GlanceClient(async () => ({ status: 403, headers: {}, body: null }));
    const result = await walk(glance, callContext(), { ...base, limit: 5 });
    expect(result).toEqual(fault('forbidden'));
  });

  it.each(['{"images": {}}', '{"images": [null]}', '[]', 'null', 'nonsense', '{"images": [{}]}'])(
    'is broken when Glance says %s',
    async (body) => {
      const glance = new GlanceClient(async () => ({ status: 200, headers: {}, body }));
      const result = await walk(glance, callContext(), { ...base, limit: 5 });
      expect(isFault(result) && result.kind).toBe('upstream-broken');
    },
  );
});
