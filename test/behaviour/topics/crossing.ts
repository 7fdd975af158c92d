import { describe, expect, it } from 'vitest';
import { type Client, hello, meta, octets, props, rawFormats } from '../client.ts';

const v2Formats = { disk_format: 'raw', container_format: 'bare' };

/** One image seen through both versions. */
export function crossing(v1: Client): void {
  it('an image of v1 is a v2 image with all it has', async () => {
    const image = await v1.create(hello.text, {
      name: 'v1',
      min_disk: 1,
      min_ram: 2,
      'property-os': 'linux',
      'property-none': '',
    });
    expect(await v1.v2Show(image.id)).toMatchObject({
      id: image.id,
      name: 'v1',
      status: 'active',
      visibility: 'shared',
      size: 5,
      checksum: hello.md5,
      min_disk: 1,
      min_ram: 2,
      owner: v1.target.projects.demo,
      os: 'linux',
      none: '',
      tags: [],
    });
    const data = await v1.get(`/v2/images/${image.id}/file`);
    expect([data.status, data.text]).toEqual([200, hello.text]);
  });

  it('an image of v2 is a v1 image without what v1 does not know', async () => {
    const { id } = await v1.v2Create({ ...v2Formats, name: 'v2', tags: ['t'], os: 'linux' });
    await v1.v2Upload(id, hello.text);
    const image = await v1.find(id);
    expect(image).toMatchObject({
      id,
      name: 'v2',
      status: 'active',
      size: 5,
      checksum: hello.md5,
      is_public: false,
      properties: { os: 'linux' },
    });
    const keys = Object.keys(image ?? {});
    for (const unknown of ['tags', 'visibility', 'os_hidden', 'self', 'file', 'schema', 'stores']) {
      expect(keys).not.toContain(unknown);
      expect(Object.keys(image?.properties ?? {})).not.toContain(unknown);
    }
    expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
  });

  it('times are the same moment in both', async () => {
    const image = await v1.reserve();
    const { created_at: v2Time } = await v1.v2Show(image.id);
    expect(image['created_at']).toBe(String(v2Time).replace('Z', '.000000'));
  });

  it.each([
    ['public', true],
    ['private', false],
    ['shared', false],
    ['community', false],
  ])('%s means is_public %s', async (visibility, isPublic) => {
    const { id } = await v1.v2Create({ visibility }, 'admin');
    const head = await v1.head(id, { as: 'admin' });
    expect(head.headers['x-image-meta-is_public']).toBe(isPublic ? 'True' : 'False');
    await v1.remove(id, { as: 'admin' });
  });

  it('an empty name of v2 is none in v1', async () => {
    const { id } = await v1.v2Create({ name: '' });
    expect((await v1.find(id))?.name).toBeNull();
    expect((await v1.head(id)).headers).not.toHaveProperty('x-image-meta-name');
  });

  it('a reserved v2 image has size 0 in v1', async () => {
    const { id } = await v1.v2Create({ name: 'q' });
    expect(await v1.find(id)).toMatchObject({ status: 'queued', size: 0, checksum: null });
    expect((await v1.v2Show(id))['size']).toBeNull();
  });

  it('a v2 image takes its data through v1', async () => {
    const { id } = await v1.v2Create(v2Formats);
    expect((await v1.put(id, octets, { body: hello.text })).json.image.status).toBe('active');
    expect((await v1.get(`/v2/images/${id}/file`)).text).toBe(hello.text);
  });

  it('a community image is read by id but stays out of lists', async () => {
    const { id } = await v1.v2Create({ visibility: 'community', name: 'c' }, 'alt');
    expect((await v1.head(id)).status).toBe(200);
    expect(await v1.find(id)).toBeUndefined();
  });

  it('an escaped property set through v2 is shown under its own name', async () => {
    const { id } = await v1.v2Create({ polyglance_v1_size: 'large' });
    expect((await v1.find(id))?.properties).toEqual({ size: 'large' });
  });
}

/** v2 as it is, through this gateway. */
export function passThrough(v1: Client): void {
  it('gives lists with their links unchanged', async () => {
    for (const name of ['a', 'b', 'c']) await v1.v2Create({ name });
    const reply = await v1.get('/v2/images?limit=2&sort=name:asc');
    expect(reply.json.images.map((image) => image.name)).toEqual(['a', 'b']);
    expect(reply.json['first']).toBe('/v2/images?limit=2&sort=name%3Aasc');
    const next = String(reply.json['next']);
    expect(next).toMatch(/^\/v2\/images\?.*marker=/);
    expect((await v1.get(next)).json.images.map((image) => image.name)).toEqual(['c']);
    const prefixed = await v1.get('/image/v2/images?limit=2&sort=name:asc');
    expect(prefixed.json['next']).toBe(next);
  });

  it('makes Location lead here', async () => {
    const reply = await v1.ask('POST', '/v2/images', { json: { name: 'located' } });
    expect(reply.status).toBe(201);
    expect(reply.headers['location']).toBe(`${v1.target.base()}/v2/images/${reply.json.id}`);
    expect(reply.headers['openstack-image-import-methods']).toContain('web-download');
  });

  it('gives ranges of data', async () => {
    const { id } = await v1.create(hello.text);
    const headers = { range: 'bytes=1-3' };
    const part = await v1.get(`/v2/images/${id}/file`, { headers });
    expect([part.status, part.text]).toEqual([206, 'ell']);
    expect(part.headers['content-range']).toBe('bytes 1-3/5');
  });

  it('gives the answers of Glance, whatever they are', async () => {
    expect((await v1.get('/v2/images/junk')).status).toBe(404);
    expect((await v1.get('/v2/images?limit=x')).status).toBe(400);
    expect((await v1.get('/v2/images', { as: null })).status).toBe(401);
    expect((await v1.get('/v2/schemas/image')).json['name']).toBe('image');
    expect((await v1.get('/v2/nothing')).status).toBe(404);
    expect((await v1.ask('DELETE', '/v2/images')).status).toBe(405);
    const { id } = await v1.v2Create({});
    const removed = await v1.ask('DELETE', `/v2/images/${id}`);
    expect([removed.status, removed.text]).toEqual([204, '']);
  });

  it('takes data in chunks', async () => {
    const { id } = await v1.v2Create(v2Formats);
    const reply = await v1.ask('PUT', `/v2/images/${id}/file`, {
      headers: octets,
      body: ['he', 'llo'],
    });
    expect(reply.status).toBe(204);
    expect((await v1.get(`/v2/images/${id}/file`)).text).toBe(hello.text);
  });

  it('lets no identity header through', async () => {
    await v1.v2Create({ name: "demo's" });
    const headers = {
      'x-roles': 'admin',
      'x-project-id': v1.target.projects.demo,
      'x-tenant-id': v1.target.projects.demo,
      'x-user-id': 'root',
      'x-identity-status': 'Confirmed',
      'x-is-admin-project': 'True',
    };
    const reply = await v1.get('/v2/images', { as: 'alt', headers });
    expect(reply.json.images).toEqual([]);
    expect((await v1.get('/v2/images', { as: null, headers })).status).toBe(401);
  });

  it('leads /v2 to /v2/', async () => {
    const reply = await v1.get('/v2');
    expect([reply.status, reply.headers['location']]).toEqual([302, `${v1.target.base()}/v2/`]);
  });

  it('has no v1 in its images', async () => {
    const { json } = await v1.ask('POST', '/v2/images', {
      json: { name: 'plain' },
      headers: { ...meta({ name: 'header' }), ...props({ os: 'linux' }), ...meta(rawFormats) },
    });
    expect(json).toMatchObject({ name: 'plain', disk_format: null });
    expect(json).not.toHaveProperty('os');
  });

  describe('asks for the same as the client', () => {
    it.each(['/v2/images?tag=', '/v2/images?name=in:%22a,b%22', '/v2/images?name=a%2Bb'])(
      '%s',
      async (path) => {
        const reply = await v1.get(path);
        expect(reply.status).toBe(200);
        expect(String(reply.json['first'])).toContain('/v2/images?');
      },
    );
  });
}
