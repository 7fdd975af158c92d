import { beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway } from '../fixtures/gateway.ts';
import { nobody, projects, useNova } from './setting.ts';

const nova = useNova();
const script = `#!/bin/sh\necho 'naïve → ${'x'.repeat(70_000)}'\n`;
const spec = {
  osName: 'Debian',
  osVersion: '12',
  osArch: 'x86_64',
  installScript: script,
  installSource: { url: 'http://deb.example/debian', suite: '' },
};

const build = (image: unknown, root = '/v2.1', token = 'demo-token') =>
  nova.ask(`POST ${root}/images`, { json: { image }, token });

async function newBuild(image: Record<string, unknown> = {}): Promise<string> {
  const got = await build({ name: 'b', imageSpec: { osName: 'Debian' }, ...image });
  expect(got.status).toBe(202);
  return /\/images\/([0-9a-f-]{36})$/.exec(got.headers.get('location') ?? '')?.[1] ?? '';
}

const shown = async (id: string, token = 'demo-token') =>
  (await nova.ask(`GET /v2.1/images/${id}`, { token })).json.image;

const worker = (id: string, properties: Record<string, string>) =>
  nova.patch(
    id,
    Object.entries(properties).map(([name, value]) => ({ op: 'add', path: `/${name}`, value })),
  );

async function listed(query: string): Promise<string[]> {
  const { json } = await nova.ask(`GET /v2.1/images?${query}`);
  return json.images.map(({ id }) => id);
}

describe('a new build', () => {
  it.each(['/v2.1', `/v2.1/${projects.demo}`, `/v2/${projects.demo}`, '/compute/v2.1'])(
    'below %s is 202 with the full address',
    async (root) => {
      const got = await build({ name: 'b', imageSpec: { osName: 'Debian' } }, root);
      expect(got.status).toBe(202);
      expect(got.headers.get('location')).toMatch(
        new RegExp(`^http://[^/]+${root}/images/[0-9a-f-]{36}$`),
      );
      expect(got.text).toBe('');
    },
  );

  it('is BUILDING, with everything as it was sent', async () => {
    const id = await newBuild({ name: 'web', metadata: { team: 'blue' }, imageSpec: spec });
    const image = await shown(id);
    expect(image).toMatchObject({ name: 'web', status: 'BUILDING', progress: 0 });
    expect(image['imageSpec']).toEqual(spec);
    expect(image.metadata).toEqual({ team: 'blue' });
    expect(image).not.toHaveProperty('buildServer');
  });

  it.each([
    ['an empty script', { installScript: '' }],
    ['a script that begins with a byte order mark', { installScript: '\ufeff#!/bin/sh' }],
    ['a source longer than a property may be', { installSource: { url: 'é'.repeat(30_000) } }],
  ])('keeps %s', async (_, more) => {
    const imageSpec = { osName: 'Debian', ...more };
    const id = await newBuild({ imageSpec });
    expect((await shown(id))['imageSpec']).toEqual(imageSpec);
    const stored = (await nova.ask(`GET /v2/images/${id}`)).json;
    for (const value of Object.values(stored)) {
      if (typeof value === 'string') expect(value.length).toBeLessThanOrEqual(48_000);
    }
    // none of its pieces is metadata, or can be written
    expect((await shown(id)).metadata).toEqual({});
    const replaced = { json: { metadata: { a: '1' } } };
    expect((await nova.ask(`PUT /v2.1/images/${id}/metadata`, replaced)).status).toBe(200);
    expect((await shown(id))['imageSpec']).toEqual(imageSpec);
  });

  it('shows its script to the owning project and admins only', async () => {
    const id = await newBuild({ imageSpec: spec });
    await nova.patch(id, [{ op: 'replace', path: '/visibility', value: 'community' }]);
    const { installScript, ...open } = spec;
    expect((await shown(id, 'admin-token'))['imageSpec']).toEqual({ ...open, installScript });
    expect((await shown(id, 'alt-token'))['imageSpec']).toEqual(open);
  });

  it('shows its script to who can see it, and shares it with nobody, where tokens tell nothing of their owners', async () => {
    const gateway = await startTestGateway({ glanceUrl: nova.url, builders: true });
    const headers = { 'x-auth-token': 'demo-token', 'content-type': 'application/json' };
    const body = JSON.stringify({ image: { name: 'b', imageSpec: spec } });
    const made = await fetch(`${gateway.url}/v2.1/images`, { method: 'POST', headers, body });
    const id = made.headers.get('location')?.split('/').at(-1) ?? nobody;
    const see = async (token: string) => {
      const given = { 'x-auth-token': token };
      const got = await fetch(`${gateway.url}/v2.1/images/${id}`, { headers: given });
      return [
        got.status,
        ((await got.json()) as { image?: Record<string, unknown> }).image?.['imageSpec'],
      ];
    };
    expect(await see('demo-token')).toEqual([200, spec]);
    expect(await see('alt-token')).toEqual([404, undefined]);
    await nova.patch(id, [{ op: 'replace', path: '/visibility', value: 'community' }]);
    const { installScript, ...open } = spec;
    expect(await see('alt-token')).toEqual([200, open]);
    await gateway.stop();
  });

  it('is 503 where there are no builders, before anything is made', async () => {
    const gateway = await startTestGateway({ builders: false });
    const headers = { 'x-auth-token': 'demo-token', 'content-type': 'application/json' };
    const body = JSON.stringify({ image: { name: 'b', imageSpec: { osName: 'Debian' } } });
    const got = await fetch(`${gateway.url}/v2.1/images`, { method: 'POST', headers, body });
    expect(got.status).toBe(503);
    expect(await got.json()).toHaveProperty('serviceUnavailable.code', 503);
    const list = await fetch(`${gateway.url}/v2/images`, { headers });
    expect(await list.json()).toMatchObject({ images: [] });
    await gateway.stop();
  });
});

describe('a build is refused', () => {
  const good = { name: 'b', imageSpec: { osName: 'Debian' } };
  const cases: [string, unknown][] = [
    ['no image', undefined],
    ['an image that is a text', 'x'],
    ['no name', { imageSpec: good.imageSpec }],
    ['an empty name', { ...good, name: '' }],
    ['a name of blanks', { ...good, name: '  ' }],
    ['blanks around the name', { ...good, name: ' b' }],
    ['a line break in the name', { ...good, name: 'a\nb' }],
    ['a direction mark in the name', { ...good, name: 'a\u202eb' }],
    ['a line separator in the name', { ...good, name: 'a\u2028b' }],
    ['a name beyond the basic plane', { ...good, name: 'a🙂b' }],
    ['a no-break space after the name', { ...good, name: 'b\u00a0' }],
    ['a name of 256 characters', { ...good, name: 'n'.repeat(256) }],
    ['no imageSpec', { name: 'b' }],
    ['an imageSpec that is a list', { name: 'b', imageSpec: [] }],
    ['no osName', { name: 'b', imageSpec: { osVersion: '12' } }],
    ['an osName that is a number', { name: 'b', imageSpec: { osName: 5 } }],
    ['an empty osVersion', { name: 'b', imageSpec: { osName: 'D', osVersion: '' } }],
    ['a script that is a list', { name: 'b', imageSpec: { osName: 'D', installScript: ['x'] } }],
    ['a source that is a text', { name: 'b', imageSpec: { osName: 'D', installSource: 'http' } }],
    ['a source of numbers', { name: 'b', imageSpec: { osName: 'D', installSource: { a: 1 } } }],
    ['half a surrogate pair', { name: 'b', imageSpec: { osName: '\ud800' } }],
    ['an unknown key in image', { ...good, flavorRef: '1' }],
    ['an unknown key in imageSpec', { name: 'b', imageSpec: { osName: 'D', flavour: 'x' } }],
    ['metadata that is no text', { ...good, metadata: { k: 7 } }],
    ["metadata of the build's own", { ...good, metadata: { build_state: 'done' } }],
    ['metadata that Glance keeps for itself', { ...good, metadata: { size: '1' } }],
    ['a StarlingX value', { ...good, metadata: { sw_wrs_auto_recovery: 'maybe' } }],
  ];

  it.each(cases)('%s', async (_, image) => {
    const before = await listed('');
    const got = await build(image);
    expect(got.status).toBe(400);
    expect(got.json).toHaveProperty('badRequest.code', 400);
    expect(await listed('')).toEqual(before);
  });

  it('with more than 128 items of metadata: 403', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`k${i}`, 'v']));
    expect((await build({ ...good, metadata })).status).toBe(403);
  });

  it("with so many items that Glance's quota breaks: 403", async () => {
    const metadata = Object.fromEntries(Array.from({ length: 128 }, (_, i) => [`k${i}`, 'v']));
    const got = await build({ ...good, metadata });
    expect(got.status).toBe(403);
    expect(got.json).toHaveProperty('forbidden.message', 'Image metadata limit exceeded');
  });

  it('with so many items that there is no room for what its builder has to say: 403', async () => {
    const items = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
    // state, spec, osname; progress, server, image, error
    expect((await build({ ...good, metadata: items(122) })).status).toBe(403);
    const id = await newBuild({ ...good, metadata: items(121) });
    await worker(id, {
      build_progress: '40',
      build_server: 'http://n/servers/1',
      build_image: 'http://n/images/2',
      build_state: 'error',
      buildError: 'no tree',
    });
    expect((await shown(id)).metadata).toHaveProperty('buildError', 'no tree');
  });

  it('from 2.36 on: 404; without a token: 401', async () => {
    const headers = { 'x-openstack-nova-api-version': '2.36' };
    const gone = await nova.ask('POST /v2.1/images', { json: { image: good }, headers });
    expect(gone.status).toBe(404);
    expect(
      (await nova.ask('POST /v2.1/images', { json: { image: good }, token: null })).status,
    ).toBe(401);
  });

  it('below /v2 less strictly: unknown keys are dropped, the name is trimmed', async () => {
    const image = { ...good, name: ' trimmed ', flavorRef: '1' };
    const got = await build(image, `/v2/${projects.demo}`);
    expect(got.status).toBe(202);
    const id = got.headers.get('location')?.split('/').at(-1) ?? nobody;
    expect((await shown(id)).name).toBe('trimmed');
  });
});

describe('a build under way', () => {
  it('shows what its worker tells', async () => {
    const id = await newBuild();
    await worker(id, {
      build_progress: '40',
      build_server: 'http://n/servers/1',
      build_image: 'http://n/images/2',
    });
    expect(await shown(id)).toMatchObject({
      status: 'BUILDING',
      progress: 40,
      buildServer: 'http://n/servers/1',
      buildImage: 'http://n/images/2',
      metadata: {},
    });
  });

  it('ends as ACTIVE and keeps its spec', async () => {
    const id = await newBuild({ imageSpec: { osName: 'Fedora', osVersion: '37' } });
    await nova.ask(`PUT /v2/images/${id}/file`, {
      text: 'bytes',
      headers: { 'content-type': 'application/octet-stream' },
    });
    await worker(id, { build_state: 'done' });
    expect(await shown(id)).toMatchObject({
      status: 'ACTIVE',
      progress: 100,
      imageSpec: { osName: 'Fedora', osVersion: '37' },
    });
    expect(await listed('status=BUILDING')).not.toContain(id);
    expect(await listed('status=ACTIVE')).toContain(id);
  });

  it('ends as ERROR with the reason in its metadata', async () => {
    const id = await newBuild();
    await worker(id, { build_state: 'error', buildError: 'no tree' });
    expect(await shown(id)).toMatchObject({
      status: 'ERROR',
      progress: 0,
      metadata: { buildError: 'no tree' },
    });
    expect(await listed('status=error')).toContain(id);
  });

  it('can be deleted', async () => {
    const id = await newBuild();
    expect((await nova.ask(`DELETE /v2.1/images/${id}`)).status).toBe(204);
    expect((await nova.ask(`GET /v2.1/images/${id}`)).status).toBe(404);
  });

  it('keeps its state whatever clients do to its metadata', async () => {
    const id = await newBuild({ metadata: { a: '1' } });
    const item = `/v2.1/images/${id}/metadata/build_state`;
    expect((await nova.ask(`PUT ${item}`, { json: { meta: { build_state: 'x' } } })).status).toBe(
      400,
    );
    expect((await nova.ask(`DELETE ${item}`)).status).toBe(404);
    expect((await nova.ask(`GET ${item}`)).status).toBe(404);
    const set = { json: { metadata: { b: '2' } } };
    expect((await nova.ask(`PUT /v2.1/images/${id}/metadata`, set)).json.metadata).toEqual({
      b: '2',
    });
    const headers = { 'x-image-meta-property-build_state': 'done' };
    expect((await nova.ask(`PUT /v1/images/${id}`, { headers })).status).toBe(200);
    expect(await shown(id)).toMatchObject({ status: 'BUILDING', imageSpec: { osName: 'Debian' } });
  });
});

describe('a record that nobody ordered so', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

  it.each([
    ['nothing that can be read', '{', {}],
    ['a text', '"str"', {}],
    ['values of other kinds', '{"osName":5,"osArch":"mips","more":"x"}', { osArch: 'mips' }],
    ['a script', '{"osName":"D","installScript":"x"}', { osName: 'D' }],
    ['endless nesting', deep, {}],
  ])('%s: shows what can be said', async (_, build_spec, expected) => {
    const id = await nova.make({ name: 'forged', build_state: 'building', build_spec });
    expect(await shown(id)).toMatchObject({ status: 'BUILDING', imageSpec: expected });
    expect((await shown(id))['imageSpec']).toEqual(expected);
    expect(await listed('status=BUILDING')).toContain(id);
    await nova.ask(`DELETE /v2.1/images/${id}`);
  });

  it('has its state where it has no spec', async () => {
    const id = await nova.make({ name: 'forged', build_state: 'error' });
    expect(await shown(id)).toMatchObject({ status: 'ERROR', progress: 0 });
    expect(await shown(id)).not.toHaveProperty('imageSpec');
    expect(await listed('status=ERROR')).toContain(id);
    await nova.ask(`DELETE /v2.1/images/${id}`);
  });

  it('nested endlessly is shown as the text it is', async () => {
    const id = await nova.make({ name: 'deep', mappings: deep, block_device_mapping: '[[1]]' });
    expect((await shown(id)).metadata).toEqual({ mappings: deep, block_device_mapping: [[1]] });
    expect((await nova.ask('GET /v2.1/images/detail')).status).toBe(200);
    await nova.ask(`DELETE /v2.1/images/${id}`);
  });
});

describe('lists', () => {
  let ids: Record<string, string> = {};
  beforeAll(async () => {
    ids = {
      f37: await newBuild({ imageSpec: { osName: 'Plan 9', osVersion: '37', osArch: 'x86_64' } }),
      f38: await newBuild({ imageSpec: { osName: 'Plan 9', osVersion: '38', osArch: 'mips' } }),
    };
    // a worker's claim, as it may stand in another project
    await nova.make({ name: 'build-claim', build_claim_of: ids['f37'] });
  });

  it.each([
    ['osname=Plan+9', ['f38', 'f37']],
    ['osname=Plan+9&osversion=37', ['f37']],
    ['osname=plan+9', []],
    ['osname=Plan+9&osarch=mips&status=BUILDING', ['f38']],
    ['osname=Plan+9&status=SAVING', []],
    ['osname=Plan+9&status=queued', []],
    ['osname=Plan+9&limit=1', ['f38']],
  ])('%s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected.map((name) => ids[name]));
  });

  it.each(['build_state=building', 'build_osname=Plan+9', 'build_script_0=eA==', 'build_spec_1=x'])(
    'find nothing by what is not shown: %s',
    async (query) => {
      expect(await listed(`property-${query}`)).toEqual([]);
    },
  );

  it('keep the filters in the link to the next page', async () => {
    const { json } = await nova.ask('GET /v2.1/images?osname=Plan+9&limit=1');
    expect(json.images_links?.[0]?.href).toMatch(/\?limit=1&osname=Plan\+9&marker=/);
  });

  it("never show a worker's claim", async () => {
    const names = (await nova.ask('GET /v2.1/images/detail')).json.images.map(({ name }) => name);
    expect(names).not.toContain('build-claim');
    expect((await nova.ask('GET /v1/images')).text).not.toContain('build-claim');
  });
});
