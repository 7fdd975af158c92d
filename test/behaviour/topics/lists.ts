import { beforeEach, expect, it } from 'vitest';
import { type Client, hello, nobody } from '../client.ts';

const pad = (index: number): string => String(index).padStart(2, '0');

export function lists(v1: Client): void {
  beforeEach(() => v1.clear());

  it('are empty at first, in each form', async () => {
    for (const path of ['/v1/images', '/v1/images/detail', '/v1/']) {
      const reply = await v1.get(path);
      expect([reply.status, reply.text]).toEqual([200, '{"images":[]}']);
      expect(reply.headers['content-type']).toBe('application/json');
    }
  });

  it('in brief have six keys an image', async () => {
    const { id } = await v1.create(hello.text, { name: 'n', 'property-os': 'linux' });
    const brief = {
      id,
      name: 'n',
      size: 5,
      disk_format: 'raw',
      container_format: 'bare',
      checksum: hello.md5,
    };
    expect((await v1.get('/v1/images')).json).toEqual({ images: [brief] });
    expect((await v1.get('/v1/')).json).toEqual({ images: [brief] });
  });

  it('in detail have the whole image, as it was answered when it was made', async () => {
    const image = await v1.create(hello.text, { name: 'n', 'property-os': 'linux' });
    expect((await v1.get('/v1/images/detail')).json).toEqual({ images: [image] });
  });

  it('begin with the newest', async () => {
    for (const name of ['first', 'second', 'third']) await v1.reserve({ name });
    expect(await v1.names('')).toEqual(['third', 'second', 'first']);
  });

  it('show what is mine, public or shared with me, and no more', async () => {
    await v1.reserve({ name: 'mine' });
    await v1.reserve({ name: 'public', is_public: 'True' }, 'admin');
    await v1.reserve({ name: 'hidden' }, 'admin');
    await v1.reserve({ name: "alt's" }, 'alt');
    await v1.v2Create({ name: "alt's community", visibility: 'community' }, 'alt');
    const shared = await v1.reserve({ name: 'shared' }, 'alt');
    await v1.share(shared.id, v1.target.projects.demo, 'alt');
    expect((await v1.names('')).sort()).toEqual(['mine', 'public', 'shared']);
  });

  it('leave out what v2 hides', async () => {
    await v1.v2Create({ name: 'hidden', os_hidden: true });
    await v1.v2Create({ name: 'seen' });
    expect(await v1.names('')).toEqual(['seen']);
  });

  it('need a token', async () => {
    expect((await v1.get('/v1/images', { as: null })).status).toBe(401);
    expect((await v1.get('/v1/images/detail', { as: null })).status).toBe(401);
  });
}

export function paging(v1: Client): void {
  const names = async (query: string) => v1.names(query);
  const make = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) ids.push((await v1.reserve({ name: pad(i) })).id);
    return ids;
  };
  beforeEach(() => v1.clear());

  it('gives 25 images when no limit is given', async () => {
    await make(27);
    expect(await names('')).toHaveLength(25);
    expect(await names('limit=26')).toHaveLength(26);
    expect(await names('limit=5000')).toHaveLength(27);
  });

  it('gives none for a limit of 0', async () => {
    await make(1);
    expect(await names('limit=0')).toEqual([]);
  });

  it('goes on after the marker', async () => {
    const ids = await make(5);
    const [, , third] = ids;
    expect(await names(`marker=${third}`)).toEqual(['01', '00']);
    expect(await names(`marker=${third}&limit=1`)).toEqual(['01']);
    expect(await names(`marker=${ids[0]}`)).toEqual([]);
  });

  it('walks through everything once', async () => {
    await make(11);
    const seen: (string | null)[] = [];
    let query = 'limit=4';
    for (let pages = 0; pages < 4; pages += 1) {
      const { json } = await v1.get(`/v1/images?${query}`);
      seen.push(...json.images.map((image) => image.name));
      query = `limit=4&marker=${json.images.at(-1)?.id}`;
      if (json.images.length < 4) break;
    }
    expect(seen).toEqual(Array.from({ length: 11 }, (_, i) => pad(10 - i)));
  });

  it('fills a page from many of v2 when most images are sifted out', async () => {
    for (let i = 0; i < 12; i += 1) {
      if (i % 4 === 0) await v1.create(hello.text, { name: pad(i) });
      else await v1.create(`${hello.text} and more`, { name: pad(i) });
    }
    expect(await names('size_max=5&limit=3')).toEqual(['08', '04', '00']);
    expect(await names('size_max=5&limit=2')).toEqual(['08', '04']);
  });

  it.each([
    'limit=x',
    'limit=-1',
    'limit=',
    'limit=1.5',
    'marker=',
    'marker=junk',
    `marker=${nobody}`,
    'sort_key=owner',
    'sort_key=',
    'sort_key=min_ram',
    'sort_dir=up',
    'sort_dir=ASC',
    'sort_dir=',
  ])('refuses %s', async (query) => {
    expect((await v1.get(`/v1/images?${query}`)).status).toBe(400);
    expect((await v1.get(`/v1/images/detail?${query}`)).status).toBe(400);
  });

  // v1 had one answer for every marker that cannot be used: 400, also for an image that the caller may not see
  it('refuses the marker of an image that is not to be seen with 400', async () => {
    const { id } = await v1.reserve({}, 'alt');
    expect((await v1.get(`/v1/images?marker=${id}`)).status).toBe(400);
  });

  it('refuses the marker of a deleted image', async () => {
    const { id } = await v1.reserve();
    await v1.remove(id);
    expect((await v1.get(`/v1/images?marker=${id}`)).status).toBe(400);
  });
}

export function sorting(v1: Client): void {
  beforeEach(() => v1.clear());

  it.each([
    ['name', 'desc', ['c', 'b', 'a']],
    ['name', 'asc', ['a', 'b', 'c']],
    ['size', 'asc', ['b', 'a', 'c']],
    ['size', 'desc', ['c', 'a', 'b']],
    ['disk_format', 'asc', ['c', 'a', 'b']],
    ['created_at', 'asc', ['a', 'b', 'c']],
    ['created_at', 'desc', ['c', 'b', 'a']],
  ])('by %s %s', async (key, direction, expected) => {
    await v1.create('22', { name: 'a', disk_format: 'raw' });
    await v1.create('1', { name: 'b', disk_format: 'vdi' });
    await v1.create('333', { name: 'c', disk_format: 'qcow2' });
    expect(await v1.names(`sort_key=${key}&sort_dir=${direction}`)).toEqual(expected);
  });

  it('is descending when no direction is given', async () => {
    for (const name of ['b', 'c', 'a']) await v1.reserve({ name });
    expect(await v1.names('sort_key=name')).toEqual(['c', 'b', 'a']);
    expect(await v1.names('sort_dir=asc')).toEqual(['b', 'c', 'a']);
  });

  it('breaks ties by age, in the same direction', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push((await v1.reserve({ name: 'same' })).id);
    const sorted = async (query: string) =>
      (await v1.get(`/v1/images?${query}`)).json.images.map((image) => image.id);
    expect(await sorted('sort_key=name&sort_dir=asc')).toEqual(ids);
    expect(await sorted('sort_key=name&sort_dir=desc')).toEqual([...ids].reverse());
    expect(await sorted(`sort_key=name&sort_dir=asc&marker=${ids[1]}`)).toEqual(ids.slice(2));
  });

  it('goes together with filters that are sifted here', async () => {
    for (const name of ['b', 'c', 'a']) await v1.create(name, { name });
    await v1.create('large', { name: 'd' });
    expect(await v1.names('size_max=1&sort_key=name&sort_dir=asc&limit=2')).toEqual(['a', 'b']);
  });
}
