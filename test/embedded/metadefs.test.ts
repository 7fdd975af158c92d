import { beforeEach, describe, expect, it } from 'vitest';
import { type Asked, type Client, freshClient, sentenceOf } from './client.ts';

const token = 'admin-token';
const base = '/v2/metadefs/namespaces';

describe('metadata definitions', () => {
  let client: Client;
  const ask = (method: string, path: string, asked: Asked = {}) =>
    client.ask(method, base + path, { token, ...asked });
  const make = (namespace: string, more: object = {}) =>
    ask('POST', '', { json: { namespace, visibility: 'public', ...more } });

  beforeEach(() => {
    client = freshClient();
  });

  it('are changed by operators and read by all', async () => {
    const refused = await ask('POST', '', { token: 'demo-token', json: { namespace: 'a' } });
    expect([refused.status, sentenceOf(refused)]).toEqual([
      403,
      'You are not authorized to complete add_metadef_namespace action.',
    ]);
    const made = await make('a');
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`http://glance.test${base}/a`);
    expect((await ask('GET', '/a', { token: 'alt-token' })).json['visibility']).toBe('public');
    expect((await make('a')).status).toBe(409);
  });

  it('are hidden while private', async () => {
    await make('secret', { visibility: 'private' });
    expect((await ask('GET', '/secret', { token: 'demo-token' })).status).toBe(404);
    expect((await ask('GET', '', { token: 'demo-token' })).json['namespaces']).toEqual([]);
    expect((await ask('GET', '/secret')).status).toBe(200);
  });

  it('are protected', async () => {
    await make('kept', { protected: true, tags: [{ name: 't' }] });
    const reply = await ask('DELETE', '/kept');
    expect([reply.status, sentenceOf(reply)]).toEqual([
      403,
      'Metadata definition namespace kept is protected and cannot be deleted.',
    ]);
    expect((await ask('DELETE', '/kept/tags/t')).status).toBe(403);
    expect((await ask('PUT', '/kept', { json: { namespace: 'kept' } })).status).toBe(200);
    expect((await ask('DELETE', '/kept')).status).toBe(204);
    expect(sentenceOf(await ask('DELETE', '/kept'))).toBe('Namespace kept not found');
  });

  it('hold properties, objects, tags and resource types', async () => {
    await make('n');
    const property = { name: 'p', title: 'P', type: 'integer', default: 5 };
    expect((await ask('POST', '/n/properties', { json: property })).json).toEqual({
      name: 'p',
      type: 'integer',
      title: 'P',
      default: '5',
    });
    const object = {
      name: 'o',
      properties: { x: { title: 'X', type: 'string' } },
      required: ['x'],
    };
    expect((await ask('POST', '/n/objects', { json: object })).status).toBe(201);
    expect((await ask('POST', '/n/tags/t')).status).toBe(201);
    const association = { name: 'OS::Glance::Image', prefix: 'hw_' };
    expect((await ask('POST', '/n/resource_types', { json: association })).status).toBe(201);
    const shown = await ask('GET', '/n?resource_type=OS::Glance::Image');
    expect(shown.json).toMatchObject({
      namespace: 'n',
      properties: { hw_p: { title: 'P' } },
      objects: [{ name: 'o', required: ['hw_x'], properties: { hw_x: { title: 'X' } } }],
      tags: [{ name: 't' }],
      resource_type_associations: [association],
    });
    expect((await ask('GET', '/n/properties/hw_p?resource_type=OS::Glance::Image')).status).toBe(
      200,
    );
    expect((await ask('PUT', '/n/objects/o', { json: { name: 'o2' } })).status).toBe(200);
    expect((await ask('GET', '/n/objects/o')).status).toBe(404);
    for (const part of ['properties', 'objects', 'tags']) {
      expect((await ask('DELETE', `/n/${part}`)).status).toBe(204);
    }
    expect((await ask('DELETE', '/n/resource_types/OS::Glance::Image')).status).toBe(204);
    expect(Object.keys((await ask('GET', '/n')).json)).not.toContain('objects');
  });

  it('replace or append tags', async () => {
    await make('n');
    const tags = (names: string[], headers: Record<string, string> = {}) =>
      ask('POST', '/n/tags', { json: { tags: names.map((name) => ({ name })) }, headers });
    const names = async (query = '?sort_key=name&sort_dir=asc') =>
      ((await ask('GET', `/n/tags${query}`)).json['tags'] as { name: string }[]).map((t) => t.name);
    await tags(['a', 'b']);
    await tags(['c'], { 'x-openstack-append': 'true' });
    expect(await names()).toEqual(['a', 'b', 'c']);
    expect(await names('?sort_key=name&sort_dir=asc&limit=1&marker=a')).toEqual(['b']);
    expect((await tags(['d', 'd'])).status).toBe(409);
    await tags(['e']);
    expect(await names()).toEqual(['e']);
  });

  it('are listed page by page', async () => {
    for (const name of ['a', 'b', 'c']) await make(name);
    const first = await ask('GET', '?limit=2');
    expect(first.json['namespaces']).toMatchObject([{ namespace: 'c' }, { namespace: 'b' }]);
    expect(first.json.next).toBe(`${base}?limit=2&marker=b`);
    expect((await ask('GET', '?limit=2&marker=b')).json['namespaces']).toMatchObject([
      { namespace: 'a' },
    ]);
    expect((await ask('GET', '?marker=x')).status).toBe(404);
    expect((await ask('GET', '?resource_types=OS::X')).json['namespaces']).toEqual([]);
  });

  it('take names of any kind as data', async () => {
    await make('__proto__');
    expect((await ask('GET', '/__proto__')).json['namespace']).toBe('__proto__');
    const json = '{"name":"__proto__","title":"P","type":"string"}';
    await ask('POST', '/__proto__/properties', { body: json });
    expect((await ask('GET', '/__proto__/properties')).text).toContain('"__proto__":{');
  });

  it.each([
    ['POST', '', {}, "'namespace' is a required property"],
    [
      'POST',
      '',
      { namespace: 'x', junk: 1 },
      "Additional properties are not allowed ('junk' was unexpected)",
    ],
    [
      'POST',
      '/n/properties',
      { name: 'p', title: 'P', type: 'nope' },
      "'nope' is not one of ['array'",
    ],
    [
      'POST',
      '/n/objects',
      { name: 'o', properties: { x: { title: 'a', type: 'string', junk: 1 } } },
      "'junk' was unexpected",
    ],
    ['POST', '/n/tags', { tags: [{ x: 1 }] }, "'name' is a required property"],
  ])('refuse %s %s %j', async (method, path, json, sentence) => {
    await make('n');
    const reply = await ask(method, path, { json });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain(sentence);
  });
});
