import { describe, expect, it } from 'vitest';
import { imageId } from '../fixtures/fake-glance.ts';
import { projects, useNova, useScripted } from './setting.ts';

const form = /^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const given = 'req-11111111-1111-4111-8111-111111111111';

describe('every answer', () => {
  const nova = useNova();

  it.each<[string, number, string | null]>([
    ['GET /v2.1/images', 200, 'demo-token'],
    [`GET /v2/${projects.demo}/images`, 200, 'demo-token'],
    ['GET /v2.1/images/x', 404, 'demo-token'],
    ['GET /v2.1/images?limit=x', 400, 'demo-token'],
    ['GET /v2.1/images', 401, null],
    ['PATCH /v2.1/images', 404, 'demo-token'],
    ['GET /v2.1/nothing', 404, 'demo-token'],
    ['OPTIONS /v2.1/images', 200, 'demo-token'],
    ['GET /v2.1/', 200, null],
    ['GET /compute/', 200, null],
    ['GET /v2.1/limits', 200, 'demo-token'],
    ['GET /v2.1/images/%2F', 404, 'demo-token'],
  ])('%s (%i) has its own id in both headers, not the one sent', async (line, status, token) => {
    const seen = new Set<string>();
    for (const headers of [
      {},
      { 'x-openstack-request-id': given, 'x-compute-request-id': given },
      { 'x-openstack-request-id': 'nonsense' },
    ]) {
      const got = await nova.ask(line, { token, headers: headers as Record<string, string> });
      expect(got.status).toBe(status);
      const id = got.headers.get('x-openstack-request-id') ?? '';
      expect(id).toMatch(form);
      expect(got.headers.get('x-compute-request-id')).toBe(id);
      expect(id).not.toBe(given);
      seen.add(id);
    }
    expect(seen.size).toBe(3);
  });
});

describe('calls of Glance', () => {
  const nova = useScripted();

  it('bear the id of the answer', async () => {
    const got = await nova.ask(`POST /v2.1/images/${imageId}/metadata`, {
      json: { metadata: { k: 'v' } },
    });
    const ids = nova.glance.seen.map(({ headers }) => headers['x-openstack-request-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids)).toEqual(new Set([got.headers.get('x-compute-request-id')]));
  });

  it('bear the token and no word of the client on who it is', async () => {
    await nova.ask('GET /v2.1/images', {
      headers: { 'x-roles': 'admin', 'x-user-id': 'u', 'x-project-id': 'p', cookie: 'c' },
    });
    const [call] = nova.glance.seen;
    expect(call?.headers['x-auth-token']).toBe('demo-token');
    for (const name of ['x-roles', 'x-user-id', 'x-project-id', 'cookie']) {
      expect(call?.headers).not.toHaveProperty(name);
    }
  });
});
