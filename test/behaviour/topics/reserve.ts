import { describe, expect, it } from 'vitest';
import { type Client, meta, nobody, props } from '../client.ts';

const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000$/;

export function reserve(v1: Client): void {
  it('without any header makes a queued image of nobody else', async () => {
    const reply = await v1.post();
    expect(reply.status).toBe(201);
    expect(reply.json.image).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: null,
      status: 'queued',
      size: 0,
      virtual_size: null,
      checksum: null,
      disk_format: null,
      container_format: null,
      min_disk: 0,
      min_ram: 0,
      owner: v1.target.projects.demo,
      is_public: false,
      protected: false,
      created_at: expect.stringMatching(stamp),
      updated_at: expect.stringMatching(stamp),
      deleted: false,
      deleted_at: null,
      properties: {},
    });
  });

  it('says where the image is, and has no ETag yet', async () => {
    const { headers, json } = await v1.post();
    expect(headers['location']).toBe(`${v1.target.base()}/v1/images/${json.image.id}`);
    expect(headers['content-type']).toBe('application/json');
    expect(headers).not.toHaveProperty('etag');
  });

  it('takes all core fields from headers, whatever their case and with - for _', async () => {
    const reply = await v1.post({
      'X-Image-Meta-Name': 'all fields',
      'x-image-meta-disk-format': 'qcow2',
      'X-IMAGE-META-CONTAINER_FORMAT': 'bare',
      'x-image-meta-min_disk': '5',
      'x-image-meta-min-ram': '512',
      'x-image-meta-protected': 'True',
    });
    expect(reply.json.image).toMatchObject({
      name: 'all fields',
      disk_format: 'qcow2',
      container_format: 'bare',
      min_disk: 5,
      min_ram: 512,
      protected: true,
    });
  });

  it('stores properties under lower-case names with underscores', async () => {
    const { properties } = (await v1.post(props({ 'OS-Type': 'linux', arch: 'x86_64' }))).json
      .image;
    expect(properties).toEqual({ os_type: 'linux', arch: 'x86_64' });
  });

  it('shows through HEAD what it took, and leaves out what is null', async () => {
    const image = await v1.reserve({ name: 'seen', 'property-os': 'linux', 'property-none': '' });
    const { status, headers, body } = await v1.head(image.id);
    expect(status).toBe(200);
    expect(body).toHaveLength(0);
    expect(headers).toMatchObject({
      'x-image-meta-id': image.id,
      'x-image-meta-name': 'seen',
      'x-image-meta-status': 'queued',
      'x-image-meta-size': '0',
      'x-image-meta-is_public': 'False',
      'x-image-meta-protected': 'False',
      'x-image-meta-deleted': 'False',
      'x-image-meta-property-os': 'linux',
    });
    for (const absent of ['checksum', 'deleted_at', 'disk_format', 'property-none', 'location']) {
      expect(headers).not.toHaveProperty(`x-image-meta-${absent}`);
    }
  });

  it('takes an id of the client, once and for ever', async () => {
    const id = crypto.randomUUID();
    expect((await v1.reserve({ id })).id).toBe(id);
    expect((await v1.post(meta({ id }))).status).toBe(409);
    expect((await v1.remove(id)).status).toBe(200);
    expect((await v1.post(meta({ id }))).status).toBe(409);
  });

  it.each(['junk', '123', `${nobody}0`, '../etc'])('refuses the id %j', async (id) => {
    expect((await v1.post(meta({ id }))).status).toBe(400);
  });

  it('pays no attention to a status', async () => {
    expect((await v1.reserve({ status: 'active' })).status).toBe('queued');
    expect((await v1.reserve({ status: 'killed' })).status).toBe('queued');
  });

  it('takes an empty value for a field not given', async () => {
    const image = await v1.reserve({ name: '', checksum: '', owner: '', size: '', min_disk: '' });
    expect(image).toMatchObject({ name: null, checksum: null, size: 0, min_disk: 0 });
    expect(image.owner).toBe(v1.target.projects.demo);
  });

  it.each(['1', 't', 'True', 'ON', 'y', 'yes'])('takes %s for true', async (word) => {
    expect((await v1.reserve({ protected: word }))['protected']).toBe(true);
  });

  it.each(['0', 'false', 'no', 'off', 'maybe', '2'])('takes %s for false', async (word) => {
    expect((await v1.reserve({ protected: word }))['protected']).toBe(false);
  });

  describe('refuses with 400', () => {
    it.each([
      ['size', '-1'],
      ['size', 'ten'],
      ['size', '1.5'],
      ['virtual_size', 'x'],
      ['min_disk', '-1'],
      ['min_disk', '2147483648'],
      ['min_ram', 'lots'],
      ['min_ram', '99999999999999999999'],
      ['disk_format', 'floppy'],
      ['disk_format', ''],
      ['disk_format', 'RAW'],
      ['container_format', 'tin'],
      ['container_format', ''],
      ['checksum', 'a'.repeat(33)],
      ['name', 'n'.repeat(256)],
      ['name', 'ö'.repeat(128)],
      ['created_at', 'yesterday'],
      ['updated_at', '1899-12-31T00:00:00'],
      ['deleted_at', '2016-02-30'],
      ['store', 'cupboard'],
      ['colour', 'red'],
      ['visibility', 'public'],
      ['tags', 'a'],
      ['locations', 'http://example.com'],
    ])('%s = %j', async (name, value) => {
      const reply = await v1.post(meta({ [name]: value, 'property-mark': 'refused' }));
      expect(reply.status).toBe(400);
      expect(await v1.names('property-mark=refused')).toEqual([]);
    });
  });

  it.each([
    ['virtual_size', 'None'],
    ['name', 'n'.repeat(255)],
    ['checksum', 'short'],
    ['store', 'file'],
    ['uri', 'http://example.com/'],
    ['copy_from', 'http://example.com/'],
    ['created_at', '2016-05-10T21:35:15+02:00'],
    ['deleted', 'True'],
    ['min_disk', '2147483647'],
  ])('takes %s = %s', async (name, value) => {
    expect((await v1.post(meta({ [name]: value }))).json.image).toMatchObject({
      status: 'queued',
      deleted: false,
    });
  });

  it.each([
    [{ disk_format: 'ami' }, 'ami', 'ami'],
    [{ container_format: 'aki' }, 'aki', 'aki'],
    [{ disk_format: 'ari', container_format: 'ari' }, 'ari', 'ari'],
  ])('completes the Amazon formats of %j', async (given, disk, container) => {
    expect(await v1.reserve(given)).toMatchObject({
      disk_format: disk,
      container_format: container,
    });
  });

  it.each([
    { disk_format: 'ami', container_format: 'bare' },
    { disk_format: 'raw', container_format: 'aki' },
    { disk_format: 'aki', container_format: 'ari' },
  ])('refuses the mixed Amazon formats of %j', async (given) => {
    expect((await v1.post(meta(given))).status).toBe(400);
  });

  it('ignores another owner from a plain user, and takes it from an admin', async () => {
    const { demo, alt } = v1.target.projects;
    expect((await v1.reserve({ owner: alt })).owner).toBe(demo);
    expect((await v1.reserve({ owner: alt }, 'admin')).owner).toBe(alt);
    expect((await v1.reserve({ owner: '' }, 'admin')).owner).toBeNull();
  });

  it('refuses a public image to a plain user, and leaves nothing', async () => {
    const headers = meta({ is_public: 'True', name: 'not so public' });
    expect((await v1.post(headers)).status).toBe(403);
    expect((await v1.post({ ...headers, ...meta({ owner: v1.target.projects.alt }) })).status).toBe(
      403,
    );
    expect(await v1.names('name=not%20so%20public')).toEqual([]);
    expect((await v1.reserve({ is_public: 'True' }, 'admin')).is_public).toBe(true);
  });

  it('makes an image that is shared with nobody, as Glance does by default', async () => {
    const image = await v1.reserve({ is_public: 'False' });
    expect((await v1.v2Show(image.id))['visibility']).toBe('shared');
    expect((await v1.head(image.id, { as: 'alt' })).status).toBe(404);
  });

  it('with size 0 and both formats is active at once, with nothing in it', async () => {
    const image = await v1.reserve({ size: 0, disk_format: 'raw', container_format: 'bare' });
    expect(image).toMatchObject({ status: 'active', size: 0 });
    const data = await v1.get(`/v1/images/${image.id}`);
    expect([data.status, data.text]).toEqual([200, '']);
  });

  it('with a size but no data stays queued', async () => {
    const image = await v1.reserve({ size: 100, disk_format: 'raw', container_format: 'bare' });
    expect(image).toMatchObject({ status: 'queued', size: 0 });
  });
}
