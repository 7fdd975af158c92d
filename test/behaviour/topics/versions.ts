import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, hello } from '../client.ts';

export function versions(v1: Client): void {
  const base = (): string => v1.target.base();

  it.each(['/', '/junk', '/v3/images', '/v1.2/images', '/v1x/images', '/image/', '/image/v9'])(
    '%s has a choice of versions, without a token',
    async (path) => {
      const reply = await v1.get(path, { as: null });
      expect(reply.status).toBe(300);
      expect(reply.json.versions.map((version) => version.id)).toEqual(
        expect.arrayContaining(['v1.0', 'v1.1', 'v2.0']),
      );
    },
  );

  it.each(['/versions', '/versions/', '/versions/v1', '/image/versions'])(
    '%s lists them',
    async (path) => {
      const reply = await v1.get(path, { as: null });
      expect(reply.status).toBe(200);
      expect(reply.headers['content-type']).toMatch(/^application\/json/);
    },
  );

  it('are told whatever the method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      expect((await v1.ask(method, '/', { as: null })).status).toBe(300);
    }
  });

  it('link to this gateway, v1 ones as deprecated', async () => {
    const { versions: entries } = (await v1.get('/versions')).json;
    for (const { id, status, links } of entries) {
      const major = id.startsWith('v1') ? 'v1' : 'v2';
      expect(links).toEqual([{ rel: 'self', href: `${base()}/${major}/` }]);
      if (major === 'v1') expect(status).toBe('DEPRECATED');
    }
    expect(entries.filter(({ status }) => status === 'CURRENT')).toHaveLength(1);
  });

  it('link to the prefix that was used', async () => {
    const { versions: entries } = (await v1.get('/image/versions')).json;
    for (const { links } of entries) expect(links[0]?.href).toMatch(`${base()}/image/v`);
  });

  it.each(['/v1', '/v1.0', '/v1.1'])('%s leads to the root of v1', async (path) => {
    const reply = await v1.get(path);
    expect(reply.status).toBe(302);
    expect(reply.headers['location']).toBe(`${base()}/v1/`);
  });
}

export function addresses(v1: Client): void {
  let id = '';
  beforeAll(async () => {
    id = (await v1.create(hello.text, { name: 'here' })).id;
  });

  const isV1 = async (path: string) => {
    const reply = await v1.get(path);
    expect(reply.status, reply.text).toBe(200);
    expect(reply.json.images.map((image) => image.name)).toEqual(['here']);
    expect(reply.json).not.toHaveProperty('first');
  };
  const isV2 = async (path: string) => {
    const reply = await v1.get(path);
    expect(reply.status, reply.text).toBe(200);
    expect(reply.json).toHaveProperty('first');
  };

  describe('v1 is found at', () => {
    it.each([
      '/v1/images',
      '/v1.0/images',
      '/v1.1/images',
      '//v1/images',
      '/v1//images',
      '/v2/v1/images',
      '/v2.0/v1/images',
      '/image/v1/images',
      '/image//v1/images',
      '/image/v2/v1/images',
      '/v1/',
      '/v1.0/',
    ])('%s', isV1);

    // of leading version segments the last one counts: clients append /v1 to a catalogue URL that has it already
    it.each([
      '/v1/v1/images',
      '/v1/v1.0/images',
      '/v1.0/v1/images',
      '/v1//v1/images',
      '/v1/v1/',
      '/image/v1/v1/images',
    ])('%s', isV1);
  });

  describe('v2 is found at', () => {
    it.each([
      '/v2/images',
      '/v2.0/images',
      '//v2/images',
      '/image/v2/images',
      '/image/v2.0/images',
      '/image/v2.1/images',
    ])('%s', isV2);

    // as for v1, the last of the leading version segments counts
    it.each(['/v2/v2/images', '/v2/v2.0/images', '/v1/v2/images', '/image/v2/v2/images'])(
      '%s',
      isV2,
    );
  });

  describe('without a version v1 is found by Accept:', () => {
    it.each([
      'application/vnd.openstack.images-v1',
      'application/vnd.openstack.images-v1.0',
      'application/vnd.openstack.images-v1.1',
      'application/vnd.openstack.images-v1, */*',
    ])('%s', async (accept) => {
      const headers = { accept };
      expect((await v1.get('/images', { headers })).json.images).toHaveLength(1);
      expect((await v1.get('/images/detail', { headers })).json.images).toHaveLength(1);
      expect((await v1.get(`/images/${id}`, { headers })).text).toBe(hello.text);
      expect((await v1.get('/image/images', { headers })).json.images).toHaveLength(1);
    });

    it.each(['application/vnd.openstack.images-v1.2', 'application/vnd.openstack.images-v3'])(
      'but not by %s',
      async (accept) => {
        expect((await v1.get('/images', { headers: { accept } })).status).toBe(300);
      },
    );
  });

  describe('links carry the prefix that was used', () => {
    it.each([
      ['/v1', ''],
      ['/v1.1', ''],
      ['/image/v1', '/image'],
      ['/image/v1.0', '/image'],
    ])('%s', async (root, prefix) => {
      const reply = await v1.ask('POST', `${root}/images`);
      expect(reply.status).toBe(201);
      const made = reply.json.image.id;
      expect(reply.headers['location']).toBe(`${v1.target.base()}${prefix}/v1/images/${made}`);
      expect((await v1.remove(made)).status).toBe(200);
    });

    it('and so do those of v2', async () => {
      for (const prefix of ['', '/image']) {
        const reply = await v1.ask('POST', `${prefix}/v2/images`, { json: {} });
        const made = reply.json.id;
        expect(reply.headers['location']).toBe(`${v1.target.base()}${prefix}/v2/images/${made}`);
        await v1.remove(made);
      }
    });
  });

  it('a prefix is one only where a path segment ends', async () => {
    expect((await v1.get('/images/v1/images', { as: null })).status).toBe(300);
    expect((await v1.get('/imagev1/images', { as: null })).status).toBe(300);
  });
}

export function requestIds(v1: Client): void {
  const given = 'req-0a0b0c0d-1234-4abc-8def-0123456789ab';
  const form = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  const paths = [
    '/v1/images',
    '/v1/images/detail',
    '/v1/images/junk',
    '/',
    '/v2/images',
    '/v1/nix',
  ];

  it.each(paths)('of OpenStack form are kept by %s', async (path) => {
    const reply = await v1.get(path, { headers: { 'x-openstack-request-id': given } });
    expect(reply.headers['x-openstack-request-id']).toBe(given);
  });

  it.each(paths)('are made by %s when none is given', async (path) => {
    const first = (await v1.get(path)).headers['x-openstack-request-id'];
    const second = (await v1.get(path)).headers['x-openstack-request-id'];
    expect(first).toMatch(form);
    expect(second).toMatch(form);
    expect(first).not.toBe(second);
  });

  it.each(['nonsense', 'req-1', `${given}0`, given.toUpperCase(), `${given}, ${given}`])(
    'of another form (%s) are not echoed',
    async (id) => {
      const reply = await v1.get('/v1/images', { headers: { 'x-openstack-request-id': id } });
      expect(reply.headers['x-openstack-request-id']).toMatch(form);
      expect(reply.headers['x-openstack-request-id']).not.toBe(id);
    },
  );
}
