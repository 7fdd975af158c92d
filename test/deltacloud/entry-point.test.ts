import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useDeltacloud } from './setting.ts';
import { parseXml } from './xml.ts';

const cloud = useDeltacloud();

describe.each(['/api', '/api/', '/api?force_auth=1', '/api/?force_auth=true'])('%s', (path) => {
  it('tells driver and version, and announces what is served', async () => {
    const { status, text } = await cloud.ask(`GET ${path}`, { accept: 'application/xml' });
    expect(status).toBe(200);
    const api = parseXml(text);
    expect([api.name, api.attributes]).toEqual(['api', { driver: 'openstack', version: '1.1.3' }]);
    expect(api.children).toHaveLength(1);
    expect(api.children[0]).toMatchObject({
      name: 'link',
      attributes: { href: `${cloud.url}/api/images`, rel: 'images' },
      children: [],
    });
  });

  it('has no XML declaration, as the original', async () => {
    const { text } = await cloud.ask(`GET ${path}`, { accept: 'application/xml' });
    expect(text).toMatch(/^<api driver='openstack' version='1\.1\.3'>\n {2}<link href='/);
  });

  it('is the same in JSON', async () => {
    const { json } = await cloud.ask(`GET ${path}`);
    const links = [{ rel: 'images', href: `${cloud.url}/api/images`, features: [] }];
    expect(json).toEqual({
      api: { version: '1.1.3', driver: 'openstack', provider: 'default', links },
    });
  });

  it('wants credentials', async () => {
    expect((await cloud.ask(`GET ${path}`, { login: null })).status).toBe(401);
    expect((await cloud.ask(`GET ${path}`, { login: 'demo+demo:wrong' })).status).toBe(401);
  });
});

it('says in its headers what the document says', async () => {
  const got = await cloud.ask('GET /api', { accept: 'application/xml' });
  const { version = '', driver = '' } = parseXml(got.text).attributes;
  expect(got.headers.get('server')).toBe(`Apache-Deltacloud/${version}`);
  expect(got.headers.get('x-deltacloud-driver')).toBe(driver);
});

it('tells the driver in the answer to somebody without credentials', async () => {
  const got = await cloud.ask('GET /api', { login: null });
  expect(got.headers.get('x-deltacloud-driver')).toBe('openstack');
  expect(got.headers.get('server')).toBe('Apache-Deltacloud/1.1.3');
});

describe('the headers of a document', () => {
  it.each(['/api', '/api/images'])('of %s', async (path) => {
    for (const format of ['xml', 'json', 'html']) {
      const { headers, text } = await cloud.ask(`GET ${path}?format=${format}`);
      expect(headers.get('etag')).toBe(createHash('md5').update(text).digest('hex'));
      expect(headers.get('cache-control')).toBe('max-age=0, private, must-revalidate');
      expect(headers.get('date')).toMatch(/GMT$/);
    }
  });

  it('has no word for other origins', async () => {
    const { headers } = await cloud.ask('GET /api', { headers: { origin: 'http://elsewhere' } });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('does not read If-None-Match', async () => {
    const first = await cloud.ask('GET /api');
    const etag = first.headers.get('etag') ?? '';
    const again = await cloud.ask('GET /api', { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([200, first.text]);
  });
});

it.each([
  'GET /api/drivers',
  'GET /api/instances',
  'GET /api/instance_states',
  'GET /api/hardware_profiles',
  'GET /api/realms',
  'POST /api',
  'PUT /api',
  'DELETE /api',
  'OPTIONS /api',
])('%s is nothing that is announced', async (line) => {
  const { status, headers, text } = await cloud.ask(line, { accept: 'application/xml' });
  expect(status).toBe(404);
  expect(headers.get('content-type')).toBe('text/html');
  expect(text).not.toContain('<error');
});
