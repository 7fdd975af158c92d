import { describe, expect, it } from 'vitest';
import { altProject, demoProject, freshClient, sentenceOf } from './client.ts';

const id = '11111111-2222-3333-4444-555555555555';

describe('creating an image', () => {
  it('answers with the record, its place and the ways of import', async () => {
    const client = freshClient({ now: () => new Date('2026-02-03T04:05:06.789Z') });
    const json = { id, name: 'x', os_distro: 'debian', tags: ['b', 'a', 'b'], min_ram: 5 };
    const reply = await client.ask('POST', '/v2/images', { json });
    expect(reply.status).toBe(201);
    expect(reply.headers).toMatchObject({
      location: `http://glance.test/v2/images/${id}`,
      'openstack-image-import-methods': 'glance-direct,web-download,copy-image',
    });
    expect(reply.json).toEqual({
      os_distro: 'debian',
      name: 'x',
      disk_format: null,
      container_format: null,
      visibility: 'shared',
      size: null,
      virtual_size: null,
      status: 'queued',
      checksum: null,
      protected: false,
      min_ram: 5,
      min_disk: 0,
      owner: demoProject,
      os_hidden: false,
      os_hash_algo: null,
      os_hash_value: null,
      id,
      created_at: '2026-02-03T04:05:06Z',
      updated_at: '2026-02-03T04:05:06Z',
      tags: ['b', 'a'],
      self: `/v2/images/${id}`,
      file: `/v2/images/${id}/file`,
      schema: '/v2/schemas/image',
    });
  });

  it('spends an id for good', async () => {
    const client = freshClient();
    await client.image({ id });
    expect((await client.ask('POST', '/v2/images', { json: { id } })).status).toBe(409);
    await client.ask('DELETE', `/v2/images/${id}`);
    const reply = await client.ask('POST', '/v2/images', { json: { id } });
    expect([reply.status, sentenceOf(reply)]).toEqual([409, `Image ID ${id} already exists!`]);
  });

  it('lets one of two simultaneous requests have an id', async () => {
    const client = freshClient();
    const ask = () => client.ask('POST', '/v2/images', { json: { id } });
    const statuses = (await Promise.all([ask(), ask(), ask()])).map((reply) => reply.status);
    expect(statuses.sort()).toEqual([201, 409, 409]);
  });

  it.each([
    [{ name: 5 }, 400, "5 is not of type 'null', 'string'"],
    [
      { visibility: 'nope' },
      400,
      "'nope' is not one of ['community', 'public', 'private', 'shared']",
    ],
    [{ id: 'x' }, 400, "'x' does not match '^([0-9a-fA-F]){8}"],
    [{ x: null }, 400, "None is not of type 'string'"],
    [{ tags: ['a'.repeat(256)] }, 400, 'is too long'],
    [{ kernel_id: '' }, 400, "'' does not match"],
    [{ ['a'.repeat(256)]: 'x' }, 400, 'Custom property should not be greater than 255 characters.'],
    [{ name: '😀' }, 400, "Name can't contain 4 byte unicode characters."],
    [{ foo_bar: '😀' }, 400, "Foo_Bar can't contain 4 byte unicode characters."],
    [{ '😀': 'x' }, 400, "Property names can't contain 4 byte unicode."],
    [{ name: '\ud800' }, 400, "can't contain"],
    [
      { min_ram: -1 },
      400,
      "Invalid value '-1' for parameter 'min_ram': Cannot be a negative value",
    ],
    [{ min_disk: 2 ** 31 }, 400, "'min_disk' value out of range"],
    [{ status: 'active' }, 403, "Attribute 'status' is read-only."],
    [{ checksum: 'x' }, 403, "Attribute 'checksum' is read-only."],
    [{ self: 'x' }, 403, "Attribute 'self' is read-only."],
    [{ locations: [] }, 403, "Attribute 'locations' is reserved."],
    [{ os_glance_x: 'x' }, 403, ''],
    [{ deleted: 'x' }, 403, ''],
    [{ visibility: 'public' }, 403, 'You are not authorized to complete publicize_image action.'],
    [{ owner: 'x' }, 403, "You are not permitted to create images owned by 'x'."],
  ])('refuses %j with %i', async (json, status, sentence) => {
    const reply = await freshClient().ask('POST', '/v2/images', { json });
    expect(reply.status).toBe(status);
    expect(reply.text).toContain(sentence);
  });

  it('tells where the schema was violated, as Glance does', async () => {
    const reply = await freshClient().ask('POST', '/v2/images', { json: { name: 5 } });
    expect(sentenceOf(reply)).toBe(
      "Provided object does not match schema 'image': 5 is not of type 'null', 'string'  " +
        "Failed validating 'type' in schema['properties']['name']:     " +
        "{'description': 'Descriptive name for the image',      'maxLength': 255,      " +
        "'type': ['null', 'string']}  On instance['name']:     5",
    );
  });

  it('takes property names that objects have by nature as plain data', async () => {
    const client = freshClient();
    const body = '{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d"}';
    const reply = await client.ask('POST', '/v2/images', { body });
    expect(reply.status).toBe(201);
    const shown = await client.ask('GET', `/v2/images/${reply.json.id}`);
    expect(shown.text).toContain('"__proto__":"a"');
    expect(Object.entries(shown.json).slice(0, 4)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
      ['hasOwnProperty', 'd'],
    ]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('keeps to its quotas', async () => {
    const client = freshClient({ limits: { properties: 2, tags: 2 } });
    const many = { a: '1', b: '2', c: '3' };
    const properties = await client.ask('POST', '/v2/images', { json: many });
    expect([properties.status, sentenceOf(properties)]).toEqual([
      413,
      'The limit has been exceeded on the number of allowed image properties. Attempted: 3, Maximum: 2',
    ]);
    const tags = await client.ask('POST', '/v2/images', { json: { tags: ['a', 'b', 'c'] } });
    expect(tags.status).toBe(413);
  });
});

describe('images of others', () => {
  it('are there for those who may see them', async () => {
    const client = freshClient();
    const seenByAlt: [string, number][] = [];
    for (const visibility of ['public', 'community', 'shared', 'private']) {
      const image = await client.image({ visibility, owner: demoProject }, 'admin-token');
      const reply = await client.ask('GET', `/v2/images/${image.id}`, { token: 'alt-token' });
      seenByAlt.push([visibility, reply.status]);
    }
    expect(seenByAlt).toEqual([
      ['public', 200],
      ['community', 200],
      ['shared', 404],
      ['private', 404],
    ]);
  });

  it('cannot be changed or deleted', async () => {
    const client = freshClient();
    const image = await client.image({ visibility: 'community' });
    const token = 'alt-token';
    const change = [{ op: 'replace', path: '/name', value: 'x' }];
    const replies = [
      await client.patch(image.id, change, { token }),
      await client.ask('DELETE', `/v2/images/${image.id}`, { token }),
      await client.upload(image.id, 'x', { token }),
      await client.ask('PUT', `/v2/images/${image.id}/tags/x`, { token }),
      await client.ask('POST', `/v2/images/${image.id}/actions/deactivate`, { token }),
    ];
    expect(replies.map((reply) => reply.status)).toEqual([403, 403, 403, 403, 403]);
  });

  it('can be given away by an operator', async () => {
    const client = freshClient();
    const image = await client.image();
    const change = [{ op: 'replace', path: '/owner', value: altProject }];
    expect((await client.patch(image.id, change)).status).toBe(403);
    expect((await client.patch(image.id, change, { token: 'admin-token' })).status).toBe(200);
    expect((await client.ask('GET', `/v2/images/${image.id}`)).status).toBe(404);
  });
});

describe('deleting an image', () => {
  it('is refused while it is protected', async () => {
    const client = freshClient();
    const image = await client.image({ protected: true });
    const reply = await client.ask('DELETE', `/v2/images/${image.id}`);
    expect([reply.status, sentenceOf(reply)]).toEqual([
      403,
      `Image ${image.id} is protected and cannot be deleted.`,
    ]);
  });

  it('answers 404 the second time', async () => {
    const client = freshClient();
    const image = await client.image();
    const target = `/v2/images/${image.id}`;
    expect((await client.ask('DELETE', target)).status).toBe(204);
    const reply = await client.ask('DELETE', target);
    expect(sentenceOf(reply)).toBe(`Failed to find image ${image.id} to delete`);
  });
});

describe('deactivating an image', () => {
  it('keeps its data from all but operators', async () => {
    const client = freshClient();
    const { id: image } = await client.rawImage();
    await client.upload(image, 'hello');
    const act = (verb: string) => client.ask('POST', `/v2/images/${image}/actions/${verb}`);
    const read = (token: string) => client.ask('GET', `/v2/images/${image}/file`, { token });
    expect((await act('deactivate')).status).toBe(204);
    expect((await act('deactivate')).status).toBe(204);
    expect((await client.show(image)).status).toBe('deactivated');
    expect((await read('demo-token')).status).toBe(403);
    expect((await read('admin-token')).status).toBe(200);
    expect((await act('reactivate')).status).toBe(204);
    expect((await read('demo-token')).status).toBe(200);
  });

  it('needs data', async () => {
    const client = freshClient();
    const image = await client.image();
    const reply = await client.ask('POST', `/v2/images/${image.id}/actions/deactivate`);
    expect([reply.status, sentenceOf(reply)]).toEqual([
      403,
      "Not allowed to deactivate image in status 'queued'",
    ]);
  });
});

describe('tags', () => {
  it('are added and removed one by one', async () => {
    const client = freshClient();
    const { id: image } = await client.image();
    const tag = (method: string, name: string) =>
      client.ask(method, `/v2/images/${image}/tags/${name}`);
    expect((await tag('PUT', 'a%20b')).status).toBe(204);
    expect((await tag('PUT', 'caf%C3%A9')).status).toBe(204);
    expect((await client.show(image))['tags']).toEqual(['a b', 'café']);
    expect((await tag('DELETE', 'a%20b')).status).toBe(204);
    expect((await tag('DELETE', 'a%20b')).status).toBe(404);
    expect((await tag('PUT', 'a%2Fb')).status).toBe(404);
    expect((await tag('PUT', 'x'.repeat(256))).status).toBe(400);
  });
});
