import { beforeAll, describe, expect, it } from 'vitest';
import { projects, useNova } from './setting.ts';

const nova = useNova();
let id = '';
beforeAll(async () => {
  id = await nova.make({ name: 'kept', k: 'v' });
});

const roots = ['/v2.1', `/v2.1/${projects.demo}`, `/v2/${projects.demo}`, '/compute/v2'];
const refused = [
  'PUT /images',
  'PATCH /images',
  'DELETE /images',
  'POST /images/detail',
  'PUT /images/ID',
  'PATCH /images/ID',
  'POST /images/ID',
  'DELETE /images/ID/metadata',
  'PATCH /images/ID/metadata',
  'POST /images/ID/metadata/k',
  'PATCH /images/ID/metadata/k',
  'GET /images/ID/file',
  'PUT /images/ID/file',
  'GET /images/ID/members',
  'POST /images/ID/action',
  'GET /servers',
  'GET /nothing',
];

describe.each(roots)('below %s', (root) => {
  it.each(refused)('%s is 404 as text, without version headers', async (line) => {
    const [method, path] = line.replace('ID', id).split(' ');
    const json = method === 'GET' ? undefined : { metadata: { k: 'changed' } };
    const got = await nova.ask(`${method} ${root}${path}`, {
      json,
      headers: { 'x-openstack-nova-api-version': '2.5', accept: 'text/plain' },
    });
    expect(got.status).toBe(404);
    expect(got.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(got.text).toContain('404 Not Found');
    expect(got.text).toContain('The resource could not be found.');
    for (const name of ['openstack-api-version', 'x-openstack-nova-api-version', 'vary', 'allow']) {
      expect(got.headers.get(name)).toBeNull();
    }
    expect(got.headers.get('x-compute-request-id')).toMatch(/^req-/);
  });

  it.each(['/images', '/images/detail', '/images/ID', '/images/ID/metadata/k'])(
    'HEAD %s is 404 without a body',
    async (path) => {
      const got = await nova.raw(`HEAD ${root}${path.replace('ID', id)}`);
      expect(got.status).toBe(404);
      expect(got.text).toBe('');
    },
  );

  it.each(['/images', '/images/ID', '/images/ID/metadata', '/nothing'])(
    'OPTIONS %s is 200 without a body, with or without a token',
    async (path) => {
      for (const token of ['demo-token', null]) {
        const got = await nova.ask(`OPTIONS ${root}${path.replace('ID', id)}`, { token });
        expect([got.status, got.text]).toEqual([200, '']);
      }
    },
  );
});

it('changes nothing by any of them', async () => {
  expect((await nova.ask(`GET /v2.1/images/${id}/metadata`)).json.metadata).toEqual({ k: 'v' });
});

// right: Nova's token layer stands before its routes; now an unknown route is 404 to anybody
it('asks for a token before it says that there is no such route', async () => {
  expect((await nova.ask('GET /v2.1/nothing', { token: null })).status).toBe(401);
  expect((await nova.ask('POST /v2.1/images', { token: 'no-such-token' })).status).toBe(401);
});

// right: `detail` is an id like any other where there is no list; now the route is unknown
it('takes detail for an id where it is no list', async () => {
  const got = await nova.ask('DELETE /v2.1/images/detail');
  expect(got.json.itemNotFound.message).toBe('Image not found.');
});

// right: HTML, JSON or text by Accept, as WebOb does; now always text
it('says so in the form that was asked for', async () => {
  const headers = { accept: 'application/json' };
  expect((await nova.ask('GET /v2.1/nothing', { headers })).json['code']).toBe('404 Not Found');
});
