import { beforeAll, describe, expect, it } from 'vitest';
import { askAt, projects, useNova } from './setting.ts';

const nova = useNova({ listen: { nova: 0 } });
let id = '';
beforeAll(async () => {
  id = await nova.make({ name: 'served', colour: 'red' }, { data: 'x' });
});

const own = () => nova.gateway.gateway.addresses.get('nova') ?? '';

const below = ['', `/${projects.demo}`].flatMap((project) => [
  `/v2.1${project}`,
  `/v2${project}`,
  `/v2.1/${project}`,
]);
/** Roots on the combined listener; Glance keeps `/v2/images` there. */
const combined = [
  ...below.filter((root) => root !== '/v2'),
  ...below.map((root) => `/compute${root}`),
];

const everywhere: [listener: string, root: string][] = [
  ...combined.map((root): [string, string] => ['combined', root]),
  ...[...below, ...below.map((root) => `/compute${root}`)].map((root): [string, string] => [
    'nova',
    root,
  ]),
];

describe.each(everywhere)('on the %s listener below %s', (listener, root) => {
  const ask = (line: string, json?: unknown) =>
    askAt(listener === 'nova' ? own() : nova.url, line.replace(' /', ` ${root}/`), { json });

  it('lists, briefly and in detail', async () => {
    const brief = await ask('GET /images');
    const entry = brief.json.images.find((image) => image.id === id);
    expect(brief.status).toBe(200);
    expect(Object.keys(entry ?? {})).toEqual(['id', 'name', 'links']);
    const detail = await ask('GET /images/detail');
    expect(detail.json.images.find((image) => image.id === id)?.metadata).toEqual({
      colour: 'red',
    });
  });

  it('shows', async () => {
    const shown = await ask(`GET /images/${id}`);
    expect(shown.status).toBe(200);
    expect(Object.keys(shown.json)).toEqual(['image']);
    expect(shown.json.image.name).toBe('served');
  });

  it('reads, merges, replaces and removes metadata', async () => {
    const path = `/images/${id}/metadata`;
    const all = await ask(`GET ${path}`);
    expect([all.status, all.json]).toEqual([200, { metadata: { colour: 'red' } }]);
    const merged = await ask(`POST ${path}`, { metadata: { size_of: 'big' } });
    expect([merged.status, merged.json]).toEqual([
      200,
      { metadata: { colour: 'red', size_of: 'big' } },
    ]);
    const item = await ask(`GET ${path}/size_of`);
    expect([item.status, item.json]).toEqual([200, { meta: { size_of: 'big' } }]);
    const put = await ask(`PUT ${path}/size_of`, { meta: { size_of: 'small' } });
    expect([put.status, put.json]).toEqual([200, { meta: { size_of: 'small' } }]);
    const removed = await ask(`DELETE ${path}/size_of`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    const replaced = await ask(`PUT ${path}`, { metadata: { colour: 'red' } });
    expect([replaced.status, replaced.json]).toEqual([200, { metadata: { colour: 'red' } }]);
  });

  it('deletes', async () => {
    const doomed = await nova.make();
    const deleted = await ask(`DELETE /images/${doomed}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect(deleted.headers.get('content-type')).toBe('application/json');
    expect((await ask(`GET /images/${doomed}`)).status).toBe(404);
    expect((await ask(`DELETE /images/${doomed}`)).status).toBe(404);
  });
});

describe('paths shared with Glance', () => {
  it('keeps /v2/images for Glance on the combined listener', async () => {
    const { json } = await nova.ask('GET /v2/images');
    expect(json['schema']).toBe('/v2/schemas/images');
  });

  it('does not take other paths of Glance below /v2', async () => {
    expect((await nova.ask('GET /v2/schemas/image')).json['name']).toBe('image');
    expect((await nova.ask(`GET /v2/images/${id}`)).json['name']).toBe('served');
    expect((await nova.ask('GET /v2/info/import')).status).toBe(200);
  });

  it('serves /v2/images on the own listener and below the prefix', async () => {
    for (const url of [`${nova.url}/compute`, own(), `${own()}/compute`]) {
      const { json } = await askAt(url, `GET /v2/images/${id}`);
      expect(json.image.id).toBe(id);
    }
  });

  it('serves no Glance on the own listener', async () => {
    expect((await askAt(own(), 'GET /v2/schemas/image')).status).toBe(404);
  });
});

describe('the form of a path', () => {
  it.each([
    '/v2.1/images/',
    '/v2.1/images.json',
    '/v2.1/images.xml',
    '/v2.1/Images',
    '/v2.1/images/DETAIL/',
    '/v2.1/IMAGES',
    `/v2.1/${projects.demo}`,
    '/v2.1/demo/images',
    `/v2.1/${projects.demo.toUpperCase()}/images`,
    '/v2.1/servers',
    '/v2.1/os-networks',
  ])('has nothing at %s', async (target) => {
    expect((await nova.raw(`GET ${target}`)).status).toBe(404);
  });

  it('has nothing below an image but its metadata', async () => {
    for (const rest of ['/', '/file', '/members', '/metadata/', '/metadata/a/b', '/action']) {
      const got = await nova.ask(`GET /v2.1/images/${id}${rest}`);
      expect([rest, got.status]).toEqual([rest, 404]);
    }
  });

  it('takes images/detail for the list, never for an id', async () => {
    expect((await nova.ask('GET /v2.1/images/detail')).json.images).toBeInstanceOf(Array);
    expect((await nova.ask('DELETE /v2.1/images/detail')).status).toBe(404);
  });

  it('takes one more slash after the version', async () => {
    for (const target of [
      '//v2.1/images',
      '/v2.1//images',
      '/v2.1///images',
      `/v2.1//${projects.demo}/images`,
      `/v2//${projects.demo}/images`,
      '/compute/v2//images',
      '/compute//v2.1/images',
    ]) {
      const got = await nova.raw(`GET ${target}`);
      expect([target, got.status]).toEqual([target, 200]);
    }
  });

  // right: as in Nova, however many slashes stand anywhere; now only after the version. fog-openstack asks for
  // /v2.1/PROJECT//images/ID/metadata when the endpoint names the project
  it.each([
    `/v2.1/${projects.demo}//images`,
    `/v2/${projects.demo}//images`,
    `/compute/v2.1/${projects.demo}//images/detail`,
    '/v2.1/images//detail',
    '/v2.1///images////detail',
  ])('takes more slashes anywhere: %s', async (target) => {
    expect((await nova.raw(`GET ${target}`)).status).toBe(200);
  });

  it('takes more slashes before and after an id', async () => {
    for (const path of [`images/${id}//metadata`, `images//${id}`, `/images/${id}/metadata`]) {
      const got = await nova.raw(`GET /v2.1/${projects.demo}/${path}`);
      expect(got.status).toBe(200);
    }
  });

  // right: the form of an unknown route, as text; now the form of a missing image
  it('answers as text to an id or a key that holds a slash', async () => {
    for (const path of ['a%2Fb', `${id}/metadata/a%2Fb`]) {
      const { head } = await nova.raw(`GET /v2.1/images/${path}`);
      expect(head).toMatch(/^content-type: text\/plain/im);
    }
  });

  // right: a path that is no resource is so for callers only; now for anybody
  it('is judged before the token where it is no path at all', async () => {
    expect((await nova.raw('GET /v2.1/images/%2F', [])).status).toBe(404);
  });

  it.each(['%2F', '%2f..%2f', '%00', '%2e%2e', 'a%20b', '%ff', '%', 'no-such'])(
    'answers 404 to the id %s',
    async (odd) => {
      for (const rest of ['', '/metadata', '/metadata/k']) {
        expect((await nova.raw(`GET /v2.1/images/${odd}${rest}`)).status).toBe(404);
      }
    },
  );

  it.each(['%00', 'a%00b', '%2e%2e', '%2E', 'a%20b'])(
    'says of the id %s that there is no such image',
    async (odd) => {
      const { json } = await nova.raw(`GET /v2.1/images/${odd}`);
      expect(json.itemNotFound.code).toBe(404);
    },
  );

  it('answers 404 to a key that holds a slash', async () => {
    await nova.patch(id, [{ op: 'add', path: '/a~1b', value: 'slash' }]);
    expect((await nova.ask(`GET /v2.1/images/${id}/metadata`)).json.metadata['a/b']).toBe('slash');
    expect((await nova.raw(`GET /v2.1/images/${id}/metadata/a%2Fb`)).status).toBe(404);
    await nova.patch(id, [{ op: 'remove', path: '/a~1b' }]);
  });

  it('decodes a key once', async () => {
    const image = await nova.make({
      'a%20b': 'percent',
      'a b': 'blank',
      'a+b': 'plus',
      ü: 'umlaut',
    });
    const item = async (key: string) =>
      (await nova.raw(`GET /v2.1/images/${image}/metadata/${key}`)).json.meta;
    expect(await item('a%2520b')).toEqual({ 'a%20b': 'percent' });
    expect(await item('a%20b')).toEqual({ 'a b': 'blank' });
    expect(await item('a+b')).toEqual({ 'a+b': 'plus' });
    expect(await item('%C3%BC')).toEqual({ ü: 'umlaut' });
  });
});

describe('the project in a path', () => {
  it.each([
    ['of another project', projects.alt],
    ['that no project has', 'abc-123'],
    ['of dashes only', '-'],
  ])('is refused when it is one %s', async (_, project) => {
    for (const root of ['/v2.1', '/v2', '/compute/v2.1', '/compute/v2']) {
      for (const line of [`GET ${root}/${project}/images`, `DELETE ${root}/${project}/images/x`]) {
        const got = await nova.ask(line);
        expect(got.status).toBe(400);
        expect(got.json.badRequest.message).toBe(
          `Malformed request URL: URL's project_id '${project}' doesn't match Context's project_id '${projects.demo}'`,
        );
      }
    }
  });

  it("is the token's for an operator as well", async () => {
    const options = { token: 'admin-token' };
    expect((await nova.ask(`GET /v2.1/${projects.demo}/images`, options)).status).toBe(400);
    expect((await nova.ask(`GET /v2.1/${projects.admin}/images`, options)).status).toBe(200);
  });

  it('cannot be anything but lower-case hexadecimal digits and dashes', async () => {
    for (const project of ['demo', 'ABC', 'a_b', 'a.b', 'a%20b']) {
      const got = await nova.ask(`GET /v2.1/${project}/images`);
      expect(got.status).toBe(404);
      expect(got.headers.get('content-type')).toMatch(/^text\//);
    }
  });
});
