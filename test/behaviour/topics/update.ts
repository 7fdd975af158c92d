import { describe, expect, it } from 'vitest';
import {
  type Client,
  emptyMd5,
  hello,
  meta,
  nobody,
  octets,
  props,
  rawFormats,
} from '../client.ts';

export function update(v1: Client): void {
  it('changes the fields that are given and leaves the others', async () => {
    const { id } = await v1.reserve({ name: 'old', min_ram: 64, ...rawFormats });
    const reply = await v1.put(id, meta({ name: 'new', min_disk: 3, protected: 'yes' }));
    expect(reply.status).toBe(200);
    expect(reply.json.image).toMatchObject({
      id,
      name: 'new',
      min_disk: 3,
      min_ram: 64,
      protected: true,
      disk_format: 'raw',
    });
    expect((await v1.find(id))?.name).toBe('new');
    await v1.put(id, meta({ protected: 'no' }));
  });

  it('nulls what is given empty', async () => {
    const { id } = await v1.reserve({ name: 'gone', min_ram: 64 });
    const { image } = (await v1.put(id, meta({ name: '', min_ram: '' }))).json;
    expect(image).toMatchObject({ name: null, min_ram: 0 });
  });

  it('is repeated without harm', async () => {
    const { id } = await v1.reserve({ name: 'same', 'property-os': 'linux' });
    const headers = { ...meta({ name: 'same', status: 'queued', id }), ...props({ os: 'linux' }) };
    const first = await v1.put(id, headers);
    expect(first.status).toBe(200);
    expect((await v1.put(id, headers)).json.image).toEqual(first.json.image);
  });

  it('has an ETag once there is data', async () => {
    const { id } = await v1.create(hello.text);
    expect((await v1.put(id, meta({ name: 'x' }))).headers['etag']).toBe(hello.md5);
  });

  it('changes formats while the image is queued', async () => {
    const { id } = await v1.reserve();
    const { image } = (await v1.put(id, meta({ disk_format: 'ami' }))).json;
    expect(image).toMatchObject({ disk_format: 'ami', container_format: 'ami' });
    expect((await v1.put(id, meta({ disk_format: 'raw' }))).status).toBe(400);
    const other = meta({ disk_format: 'raw', container_format: 'bare' });
    expect((await v1.put(id, other)).json.image).toMatchObject({ disk_format: 'raw' });
  });

  describe('is forbidden', () => {
    it.each(['admin', 'demo'] as const)('for another status or id, to %s', async (as) => {
      const { id } = await v1.reserve();
      expect((await v1.put(id, meta({ status: 'active' }), { as })).status).toBe(403);
      expect((await v1.put(id, meta({ id: nobody }), { as })).status).toBe(403);
    });

    it('for another size or checksum of an active image', async () => {
      const { id } = await v1.create(hello.text);
      expect((await v1.put(id, meta({ size: 4 }))).status).toBe(403);
      expect((await v1.put(id, meta({ checksum: 'x' }))).status).toBe(403);
      const same = meta({ size: 5, checksum: hello.md5, name: 'same' });
      expect((await v1.put(id, same)).json.image.name).toBe('same');
    });

    it("for someone else's public image", async () => {
      const { id } = await v1.reserve({ is_public: 'True' }, 'admin');
      expect((await v1.put(id, meta({ name: 'mine' }))).status).toBe(403);
    });

    it('for a plain user who wants to publish', async () => {
      const { id } = await v1.reserve({ name: 'private' });
      const reply = await v1.put(id, meta({ is_public: 'True', name: 'public' }));
      expect(reply.status).toBe(403);
      expect((await v1.find(id))?.name).toBe('private');
    });
  });

  it.each([nobody, 'junk', '..%2f..', 'detail'])(
    'of %s, which is not there, is 404 or 405',
    async (id) => {
      expect((await v1.put(id, meta({ name: 'x' }))).status).toBe(id === 'detail' ? 405 : 404);
    },
  );

  it('of an image that is not visible is 404', async () => {
    const { id } = await v1.reserve();
    expect((await v1.put(id, meta({ name: 'x' }), { as: 'alt' })).status).toBe(404);
  });

  it.each([
    ['min_ram', 'x'],
    ['size', '-1'],
    ['colour', 'red'],
    ['created_at', 'now'],
    ['disk_format', 'floppy'],
  ])('refuses %s = %s with 400 and changes nothing', async (name, value) => {
    const { id } = await v1.reserve({ name: 'before' });
    expect((await v1.put(id, meta({ name: 'after', [name]: value }))).status).toBe(400);
    expect((await v1.find(id))?.name).toBe('before');
  });

  it('of the owner is ignored from a plain user and done for an admin', async () => {
    const { demo, alt } = v1.target.projects;
    const { id } = await v1.reserve({ name: 'a' });
    const kept = (await v1.put(id, meta({ owner: alt, name: 'b' }))).json.image;
    expect([kept.owner, kept.name]).toEqual([demo, 'b']);
    expect((await v1.put(id, meta({ owner: alt }), {})).json.image.owner).toBe(demo);
    const given = (await v1.put(id, meta({ owner: alt }), { as: 'admin' })).json.image;
    expect(given.owner).toBe(alt);
    expect((await v1.head(id)).status).toBe(404);
    expect((await v1.head(id, { as: 'alt' })).status).toBe(200);
  });

  it('never makes a private or community image anything else by is_public false', async () => {
    for (const visibility of ['private', 'community', 'shared']) {
      const { id } = await v1.v2Create({ visibility });
      await v1.put(id, meta({ is_public: 'False', name: 'x' }));
      expect((await v1.v2Show(id))['visibility']).toBe(visibility);
    }
  });

  it('makes a public image shared by is_public false', async () => {
    const { id } = await v1.reserve({ is_public: 'True' }, 'admin');
    const reply = await v1.put(id, meta({ is_public: 'False' }), { as: 'admin' });
    expect(reply.json.image.is_public).toBe(false);
    expect((await v1.v2Show(id, 'admin'))['visibility']).toBe('shared');
  });
}

export function updateProperties(v1: Client): void {
  const keep = { 'x-glance-registry-purge-props': 'false' };
  const withTwo = { 'property-a': '1', 'property-b': '2' };

  it('replaces the properties as a set', async () => {
    const { id } = await v1.reserve(withTwo);
    const { properties } = (await v1.put(id, props({ b: '3', c: '4' }))).json.image;
    expect(properties).toEqual({ b: '3', c: '4' });
  });

  it('without any header takes all properties away', async () => {
    const { id } = await v1.reserve(withTwo);
    expect((await v1.put(id)).json.image.properties).toEqual({});
  });

  it.each(['false', 'False', '0', 'no', 'never'])('merges when purging is "%s"', async (word) => {
    const { id } = await v1.reserve(withTwo);
    const headers = { 'x-glance-registry-purge-props': word, ...props({ b: '3' }) };
    expect((await v1.put(id, headers)).json.image.properties).toEqual({ a: '1', b: '3' });
  });

  it.each(['true', 'True', '1', 'yes'])('replaces when purging is "%s"', async (word) => {
    const { id } = await v1.reserve(withTwo);
    const headers = { 'x-glance-registry-purge-props': word, ...props({ b: '3' }) };
    expect((await v1.put(id, headers)).json.image.properties).toEqual({ b: '3' });
  });

  it('takes an empty value for null', async () => {
    const { id } = await v1.reserve(withTwo);
    const { properties } = (await v1.put(id, { ...keep, ...props({ a: '' }) })).json.image;
    expect(properties).toEqual({ a: null, b: '2' });
  });

  it('spares tags, hidden flags and what Glance keeps for itself', async () => {
    const { id } = await v1.v2Create({ tags: ['keep'], os_hidden: true, colour: 'red' });
    expect((await v1.put(id)).json.image.properties).toEqual({});
    const left = await v1.v2Show(id);
    expect(left['tags']).toEqual(['keep']);
    expect(left['os_hidden']).toBe(true);
    expect(left).not.toHaveProperty('colour');
  });

  it('merges when data comes along', async () => {
    const { id } = await v1.reserve({ ...rawFormats, ...withTwo });
    const headers = { ...octets, ...props({ b: '3' }) };
    const { image } = (await v1.put(id, headers, { body: hello.text })).json;
    expect(image).toMatchObject({ status: 'active', properties: { a: '1', b: '3' } });
  });

  it('addresses a property with slashes and tildes and no other', async () => {
    const odd = { 'a/b': '1', 'a~b': '2', 'a~1b': '3', 'tags/0': '4', '~0': '5' };
    const { id } = await v1.v2Create({ ...odd, tags: ['t'] });
    expect((await v1.find(id))?.properties).toEqual(odd);
    const kept = await v1.put(id, { ...keep, ...props({ 'a~b': 'changed' }) });
    expect(kept.json.image.properties).toEqual({ ...odd, 'a~b': 'changed' });
    expect((await v1.put(id)).json.image.properties).toEqual({});
    expect((await v1.v2Show(id))['tags']).toEqual(['t']);
  });

  it.runIf(v1.target.isExact)('may be changed by many at once without a loss', async () => {
    const { id } = await v1.reserve();
    const names = Array.from({ length: 8 }, (_, i) => `p${i}`);
    const replies = await Promise.all(
      names.map((name) => v1.put(id, { ...keep, ...props({ [name]: 'v' }) })),
    );
    expect(replies.map((reply) => reply.status)).toEqual(names.map(() => 200));
    expect(Object.keys((await v1.find(id))?.properties ?? {}).sort()).toEqual(names);
  });

  it('takes an image-wide change or none', async () => {
    const { id } = await v1.create(hello.text, { name: 'before', ...withTwo });
    const refused = await v1.put(id, { ...meta({ disk_format: 'qcow2', name: 'after' }) });
    expect(refused.status).toBe(403);
    expect(await v1.find(id)).toMatchObject({ name: 'before', properties: { a: '1', b: '2' } });
  });
}

export function uploadLater(v1: Client): void {
  const queued = async (fields: Record<string, string> = rawFormats): Promise<string> =>
    (await v1.reserve(fields)).id;

  it('makes a reserved image active', async () => {
    const id = await queued();
    const reply = await v1.put(id, octets, { body: hello.text });
    expect(reply.status).toBe(200);
    expect(reply.json.image).toMatchObject({ status: 'active', size: 5, checksum: hello.md5 });
    expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
  });

  it('takes chunks', async () => {
    const id = await queued();
    const { image } = (await v1.put(id, octets, { body: ['he', 'llo'] })).json;
    expect(image).toMatchObject({ status: 'active', size: 5 });
  });

  it('takes formats and names along', async () => {
    const id = await queued({});
    const headers = { ...octets, ...meta({ ...rawFormats, name: 'late' }) };
    const { image } = (await v1.put(id, headers, { body: hello.text })).json;
    expect(image).toMatchObject({ status: 'active', name: 'late', disk_format: 'raw' });
  });

  it('with a body of length 0 only changes metadata', async () => {
    const id = await queued();
    const { image } = (await v1.put(id, { ...octets, ...meta({ name: 'n' }) }, { body: '' })).json;
    expect(image).toMatchObject({ status: 'queued', name: 'n' });
  });

  it('with chunks that turn out empty makes an empty active image', async () => {
    const id = await queued();
    const { image } = (await v1.put(id, octets, { body: [] })).json;
    expect(image).toMatchObject({ status: 'active', size: 0, checksum: emptyMd5 });
  });

  it('is a conflict while other data is on its way', async () => {
    const id = await queued();
    const [first, second] = await Promise.all(
      ['a', 'b'].map((text) => v1.put(id, octets, { body: [text.repeat(90_000), text] })),
    );
    const statuses = [first?.status, second?.status].sort();
    expect(statuses).toEqual([200, 409]);
    const { text } = await v1.get(`/v1/images/${id}`);
    expect(text).toMatch(first?.status === 200 ? /^a+$/ : /^b+$/);
  });

  it('is a conflict when the image has data, and changes nothing', async () => {
    const { id } = await v1.create(hello.text, { name: 'kept' });
    const headers = { ...octets, ...meta({ name: 'changed' }) };
    expect((await v1.put(id, headers, { body: 'other' })).status).toBe(409);
    expect((await v1.find(id))?.name).toBe('kept');
    expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
  });

  it('with a differing size is forbidden before it is a conflict', async () => {
    const { id } = await v1.create(hello.text);
    const headers = { ...octets, ...meta({ size: 6 }) };
    expect((await v1.put(id, headers, { body: 'other!' })).status).toBe(403);
  });

  it.each([
    ['another media type', {}, { 'content-type': 'text/plain' }, hello.text],
    ['a wrong size', { size: 4 }, octets, hello.text],
    ['a wrong size of chunks', { size: 6 }, octets, ['he', 'llo']],
    ['a wrong checksum', { checksum: '0'.repeat(32) }, octets, hello.text],
    ['a wrong checksum of chunks', { checksum: '0'.repeat(32) }, octets, ['he', 'llo']],
  ] as const)('with %s is refused and leaves the image queued', async (_, fields, type, body) => {
    const id = await queued();
    expect((await v1.put(id, { ...type, ...meta(fields) }, { body })).status).toBe(400);
    expect((await v1.head(id)).headers['x-image-meta-status']).toBe('queued');
    expect((await v1.put(id, octets, { body: hello.text })).status).toBe(200);
  });

  it('without formats is refused and leaves the image queued', async () => {
    const id = await queued({ name: 'bare' });
    expect((await v1.put(id, octets, { body: hello.text })).status).toBe(400);
    expect((await v1.head(id)).headers['x-image-meta-status']).toBe('queued');
  });

  it('of someone who may only see the image is forbidden', async () => {
    const { id } = await v1.reserve({ ...rawFormats, is_public: 'True' }, 'admin');
    expect((await v1.put(id, octets, { body: hello.text })).status).toBe(403);
  });
}
