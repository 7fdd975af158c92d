import { beforeAll, describe, expect, it } from 'vitest';
import { cannedImage, type Script } from '../fixtures/fake-glance.ts';
import { type Document, projects, useNova, useScripted } from './setting.ts';

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A Glance of so many images that gives at most so many at once, and does not sift. */
const paged =
  (total: number, most: number): Script =>
  async ({ receive, outgoing, seen }) => {
    await receive();
    const query = new URL(seen.target, 'http://x').searchParams;
    const marker = query.get('marker');
    const from = marker === null ? 0 : Number(marker.slice(-12)) + 1;
    const size = Math.min(most, Number(query.get('limit') ?? 25), total - from);
    const images = Array.from({ length: size }, (_, i) =>
      cannedImage({ id: idOf(from + i), name: `n${from + i}` }),
    );
    const more = from + size < total && size > 0;
    outgoing.setHeader('Content-Type', 'application/json');
    outgoing.end(JSON.stringify({ images, ...(more && { next: '/v2/images?elsewhere' }) }));
  };

describe('a list without a limit', () => {
  const nova = useScripted();

  it.each([
    [0, 100],
    [1, 100],
    [999, 1000],
    [1000, 1000],
    [1001, 1000],
    [1250, 100],
    [2500, 1000],
    [130, 1],
  ])('of %i images, which come by %i, is whole and has no link', async (total, most) => {
    nova.glance.on('GET', /./, paged(total, most));
    for (const path of ['/images', '/images/detail']) {
      const { status, json } = await nova.ask(`GET /v2.1${path}`);
      expect(status).toBe(200);
      expect(json.images.map(({ id }) => id)).toEqual(
        Array.from({ length: total }, (_, i) => idOf(i)),
      );
      expect(Object.keys(json)).toEqual(['images']);
    }
    expect(nova.glance.seen).toHaveLength(2 * Math.max(1, Math.ceil(total / most)));
  });

  it('asks Glance for its own order, the largest page and nothing else', async () => {
    nova.glance.on('GET', /./, paged(0, 100));
    await nova.ask('GET /v2.1/images?sort_key=name&sort_dir=asc&visibility=all&owner=x&foo=bar');
    const query = new URL(nova.glance.seen[0]?.target ?? '', 'http://x').searchParams;
    expect([...query]).toEqual([
      ['sort', 'created_at:desc,id:desc'],
      ['limit', '1000'],
    ]);
  });
});

describe('a list with a limit', () => {
  const nova = useScripted();
  const listed = async (query: string, total = 2000, most = 100) => {
    nova.glance.on('GET', /./, paged(total, most));
    return (await nova.ask(`GET /v2.1/images?${query}`)).json;
  };
  const shape = (json: Document) => [json.images.length, json.images_links?.[0]?.href];

  it.each([
    [1, true],
    [100, true],
    [250, true],
    [1000, true],
    [1001, false],
    [1500, false],
    [2000, false],
    [5000, false],
  ])('of %i is that long; linked to the next page: %s', async (limit, linked) => {
    const length = Math.min(limit, 2000);
    const href = `${nova.url}/v2.1/images?limit=${limit}&marker=${idOf(length - 1)}`;
    expect(shape(await listed(`limit=${limit}`))).toEqual([length, linked ? href : undefined]);
  });

  it.each(['0', '00', '%2B0', '-0'])('of %s has all', async (limit) => {
    expect(shape(await listed(`limit=${limit}`, 130, 100))).toEqual([130, undefined]);
  });

  it('that is not reached has no link', async () => {
    expect(shape(await listed('limit=3', 2))).toEqual([2, undefined]);
    expect(shape(await listed('limit=3', 0))).toEqual([0, undefined]);
  });

  it('is linked when it is just reached, though nothing follows', async () => {
    const json = await listed('limit=3', 3);
    expect(shape(json)).toEqual([3, `${nova.url}/v2.1/images?limit=3&marker=${idOf(2)}`]);
    expect(json.images_links).toHaveLength(1);
    expect(Object.keys(json.images_links?.[0] ?? {})).toEqual(['rel', 'href']);
    expect(json.images_links?.[0]?.rel).toBe('next');
    const after = await listed(`limit=3&marker=${idOf(2)}`, 3);
    expect(shape(after)).toEqual([0, undefined]);
  });

  it.each(['%201%20', '%2B2', '007'])('may be written %s', async (limit) => {
    const wanted = Number(decodeURIComponent(limit));
    expect((await listed(`limit=${limit}`)).images).toHaveLength(wanted);
  });

  it.each([
    ['-1', 'limit must be >= 0'],
    ['x', 'limit must be an integer'],
    ['', 'limit must be an integer'],
    ['1.5', 'limit must be an integer'],
    ['1e3', 'limit must be an integer'],
    ['0x10', 'limit must be an integer'],
    ['1,2', 'limit must be an integer'],
  ])('of "%s" is 400', async (limit, sentence) => {
    const json = await listed(`limit=${limit}`);
    expect(json.badRequest).toEqual({
      code: 400,
      message: `Invalid input received: ${sentence}`,
    });
    expect(nova.glance.seen).toHaveLength(0);
  });

  it.each(['page_size', 'offset'])('%s is judged like it, and changes nothing', async (name) => {
    expect(shape(await listed(`${name}=7`, 130))).toEqual([130, undefined]);
    expect(shape(await listed(`${name}=0`, 130))).toEqual([130, undefined]);
    for (const [value, sentence] of [
      ['-1', `${name} must be >= 0`],
      ['x', `${name} must be an integer`],
      ['', `${name} must be an integer`],
    ]) {
      const json = await listed(`${name}=${value}`);
      expect(json.badRequest.message).toBe(`Invalid input received: ${sentence}`);
    }
    const linked = await listed(`${name}=7&limit=2`, 130);
    expect(linked.images).toHaveLength(2);
    expect(linked.images_links?.[0]?.href).toContain(`${name}=7`);
  });
});

describe('the link to the next page', () => {
  const nova = useScripted();
  const href = async (path: string) => {
    nova.glance.on('GET', /./, paged(50, 100));
    const { json } = await nova.ask(`GET ${path}`);
    return json.images_links?.[0]?.href.replace(nova.url, '');
  };

  it('has every parameter, sorted by name, and the marker last', async () => {
    expect(await href('/v2.1/images/detail?zebra=z&limit=2&name=n&foo=bar')).toBe(
      `/v2.1/images/detail?foo=bar&limit=2&name=n&zebra=z&marker=${idOf(1)}`,
    );
  });

  it("has the new marker at the old one's place", async () => {
    expect(await href(`/v2.1/images?zebra=z&marker=${idOf(1)}&limit=2&foo=bar`)).toBe(
      `/v2.1/images?foo=bar&limit=2&marker=${idOf(3)}&zebra=z`,
    );
  });

  it('is form-encoded', async () => {
    expect(await href('/v2.1/images?name=a+b%26c%3D%C3%BC%2F&limit=1')).toBe(
      `/v2.1/images?limit=1&name=a+b%26c%3D%C3%BC%2F&marker=${idOf(0)}`,
    );
  });

  it('has one of a repeated parameter', async () => {
    expect(await href('/v2.1/images?limit=1&limit=2&foo=a&foo=b')).toBe(
      `/v2.1/images?foo=b&limit=2&marker=${idOf(1)}`,
    );
  });

  it.each(['/v2.1', `/v2.1/${projects.demo}`, `/v2/${projects.demo}`, '/compute/v2'])(
    'leads back below %s',
    async (root) => {
      expect(await href(`${root}/images?limit=1`)).toBe(`${root}/images?limit=1&marker=${idOf(0)}`);
    },
  );

  it('leads through all pages', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/v2.1/images?limit=7&foo=x';
    nova.glance.on('GET', /./, paged(50, 5));
    while (next !== undefined) {
      const json: Document = (await nova.ask(`GET ${next}`)).json;
      seen.push(...json.images.map(({ id }) => id));
      next = json.images_links?.[0]?.href.replace(nova.url, '');
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => idOf(i)));
  });
});

describe('in the embedded Image service', () => {
  const nova = useNova();
  const made: string[] = [];
  beforeAll(async () => {
    // one after the other: the order of images made at once is another matter
    for (let i = 0; i < 1005; i += 1) made.push(await nova.make({ name: `n${i}`, batch: 'b' }));
  }, 60_000);

  it('more than 1000 images come in one answer', async () => {
    for (const path of ['/images', '/images/detail', '/images?limit=0']) {
      const { json } = await nova.ask(`GET /v2.1${path}`);
      expect(new Set(json.images.map(({ id }) => id))).toEqual(new Set(made));
      expect(json.images).toHaveLength(1005);
      expect(json.images_links).toBeUndefined();
    }
  });

  it('exactly 1000 without a limit have no link', async () => {
    const doomed = made.splice(0, 5);
    for (const id of doomed) await nova.ask(`DELETE /v2.1/images/${id}`);
    const { json } = await nova.ask('GET /v2.1/images');
    expect([json.images.length, json.images_links]).toEqual([1000, undefined]);
    const limited = (await nova.ask('GET /v2.1/images?limit=1000')).json;
    expect([limited.images.length, limited.images_links?.length]).toEqual([1000, 1]);
  });

  it('pages of any size come to the same list', async () => {
    const whole = (await nova.ask('GET /v2.1/images')).json.images.map(({ id }) => id);
    const seen: string[] = [];
    let next: string | undefined = '/v2.1/images?limit=333';
    while (next !== undefined) {
      const json: Document = (await nova.ask(`GET ${next}`)).json;
      seen.push(...json.images.map(({ id }) => id));
      next = json.images_links?.[0]?.href.replace(nova.url, '');
    }
    expect(seen).toEqual(whole);
  });

  it('a marker that no image has is 400, an empty one is none', async () => {
    for (const marker of ['nonsense', idOf(7), 'a%2Fb']) {
      const got = await nova.ask(`GET /v2.1/images?marker=${marker}`);
      expect([got.status, Object.keys(got.json)]).toEqual([400, ['badRequest']]);
    }
    const got = await nova.ask('GET /v2.1/images?marker=&limit=1');
    expect([got.status, got.json.images.length]).toEqual([200, 1]);
  });
});

describe('images that were made at the same time', () => {
  const nova = useNova();

  // right: one order, whatever the size of a page; now the index of the embedded service is in order of storing, the
  // marker is judged by time, and pages lose some images and repeat others
  it('are each on one page', async () => {
    for (let i = 0; i < 5; i += 1) {
      await Promise.all(Array.from({ length: 20 }, () => nova.make()));
    }
    const whole = (await nova.ask('GET /v2.1/images')).json.images.map(({ id }) => id);
    const seen: string[] = [];
    let next: string | undefined = '/v2.1/images?limit=1';
    while (next !== undefined) {
      const json: Document = (await nova.ask(`GET ${next}`)).json;
      seen.push(...json.images.map(({ id }) => id));
      next = json.images_links?.[0]?.href.replace(nova.url, '');
    }
    expect(seen).toEqual(whole);
  });
});
