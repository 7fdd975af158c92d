import { describe, expect, it } from 'vitest';
import { form, multipart, nobody, useDeltacloud } from './setting.ts';

const cloud = useDeltacloud();
const override = { type: 'application/x-www-form-urlencoded', body: '_method=delete' };

describe.each([
  ['DELETE', 'DELETE ID', {}],
  ['a form', 'POST ID', override],
  ['a form that shouts', 'POST ID', form({ _method: 'DELETE' })],
  ['a form of parts', 'POST ID', multipart([['_method', 'delete']])],
  ['the query of a POST', 'POST ID?_method=delete', {}],
] as const)('by %s', (_, line, options) => {
  const remove = (id: string, more = {}, query = '') =>
    cloud.ask(line.replace('ID', `/api/images/${id}`) + query, { ...options, ...more });

  it.each(['application/xml', 'application/json'])('is 204 for %s', async (accept) => {
    const id = await cloud.make();
    const got = await remove(id, { accept });
    expect([got.status, got.text]).toEqual([204, '']);
    expect(got.headers.get('content-type')).toBeNull();
    expect(got.headers.get('x-deltacloud-driver')).toBe('openstack');
    expect(await cloud.ids(`?id=${id}`)).toEqual([]);
    expect((await cloud.glance(`GET /v2/images/${id}`)).status).toBe(404);
  });

  it('leads a browser back to the list', async () => {
    const id = await cloud.make();
    const got = await remove(id, { accept: 'text/html,*/*;q=0.8' });
    expect(got.status).toBe(303);
    expect(got.headers.get('location')).toBe(`${cloud.url}/api/images`);
    expect(await cloud.ids(`?id=${id}`)).toEqual([]);
  });

  it('tells of an unknown image', async () => {
    const got = await remove(nobody);
    expect([got.status, got.json.error]).toEqual([404, 'Deltacloud::Exceptions::ObjectNotFound']);
  });

  it('twice is 204 and 404', async () => {
    const id = await cloud.make();
    expect((await remove(id)).status).toBe(204);
    expect((await remove(id)).status).toBe(404);
  });

  it('tells of a protected image, and keeps it', async () => {
    const id = await cloud.make({ protected: true });
    const got = await remove(id);
    expect([got.status, got.json.error]).toEqual([403, 'Deltacloud::Exceptions::ForbiddenError']);
    expect(got.json.message).toContain('protected');
    expect(await cloud.ids(`?id=${id}`)).toEqual([id]);
  });

  it("keeps somebody else's image", async () => {
    const id = await cloud.make();
    expect((await remove(id, { login: 'alt+alt_demo:secret' })).status).toBe(404);
    const shown = await cloud.make({ visibility: 'community' });
    expect((await remove(shown, { login: 'alt+alt_demo:secret' })).status).toBe(403);
    expect(await cloud.ids(`?id=${id}`)).toEqual([id]);
  });

  it('wants credentials', async () => {
    const id = await cloud.make();
    expect((await remove(id, { login: null })).status).toBe(401);
    expect((await remove(id, { login: 'demo+demo:wrong' })).status).toBe(401);
    expect(await cloud.ids(`?id=${id}`)).toEqual([id]);
  });
});

it.each([
  ['no body', {}],
  ['another method', form({ _method: 'put' })],
  ['an empty form', { type: 'application/x-www-form-urlencoded', body: '' }],
  ['a form without it', form({ a: 'b' })],
  ['JSON', { type: 'application/json', body: '{"_method":"delete"}' }],
  ['text', { type: 'text/plain', body: '_method=delete' }],
])('a POST to an image with %s is 404 and deletes nothing', async (_, options) => {
  const id = await cloud.make();
  const got = await cloud.ask(`POST /api/images/${id}`, options);
  expect([got.status, got.headers.get('content-type')]).toEqual([404, 'text/html']);
  expect(await cloud.ids(`?id=${id}`)).toEqual([id]);
});

it('a DELETE with a body is a DELETE', async () => {
  const id = await cloud.make();
  const got = await cloud.ask(`DELETE /api/images/${id}`, { type: 'text/plain', body: 'please' });
  expect(got.status).toBe(204);
});
