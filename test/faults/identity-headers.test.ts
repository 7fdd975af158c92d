import { describe, expect, it } from 'vitest';
import { imageId } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { operationNames, requestOf, useFakeGlance } from './setting.ts';

const names = [
  ...['X-Roles', 'X-Role', 'X-User-Id', 'X-User-Name', 'X-User', 'X-Project-Id', 'X-Tenant-Id'],
  ...['X-Tenant', 'X-Project-Name', 'X-Identity-Status', 'X-Is-Admin-Project', 'X-Domain-Id'],
  ...['X-Service-Token', 'X-Service-Roles', 'X-Service-Identity-Status', 'X-Service-Catalog'],
  ...[
    'X-System-Scope',
    'OpenStack-System-Scope',
    'X-Auth-Key',
    'X-Forwarded-For',
    'X-Forwarded-Host',
  ],
  ...['X-Real-Ip', 'Forwarded', 'X-Original-URL', 'X-HTTP-Method-Override', 'Authorization'],
];
const spellings = [...names, ...names.map((name) => name.replaceAll('-', '_'))];
const claims = Object.fromEntries(spellings.map((name) => [name, 'admin']));

describe('claims of a client about itself', () => {
  const place = useFakeGlance();

  const asked: [string, RequestInit][] = [
    ...operationNames.map(requestOf),
    ['/v2/images', {}],
    ['/v2/images', { method: 'POST', body: '{}' }],
    [`/v2/images/${imageId}`, { method: 'DELETE' }],
    [`/v2/images/${imageId}/file`, {}],
    [`/v2/images/${imageId}/file`, { method: 'PUT', body: 'data' }],
  ];
  for (const [target, init] of asked) {
    it(`never reach Glance with ${init.method ?? 'GET'} ${target}`, async () => {
      const headers = { ...claims, ...(init.headers as Record<string, string>) };
      await place.ask(target, { ...init, headers });
      expect(place.glance.seen.length).toBeGreaterThan(0);
      for (const seen of place.glance.seen) {
        for (const name of spellings) {
          expect([name, seen.headers[name.toLowerCase()]]).toEqual([name, undefined]);
        }
        expect(seen.headers['x-auth-token']).toBe('token');
      }
    });
  }

  it('only the method of the request line counts', async () => {
    await place.ask(`/v1/images/${imageId}`, {
      method: 'HEAD',
      headers: { 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE' },
    });
    expect(place.glance.seen.map((each) => each.method)).toEqual(['GET']);
  });

  for (const name of ['X-Auth-Token', 'Authorization', 'Host']) {
    for (const target of ['/v1/images', '/v2/images', '/versions']) {
      it(`${target}: a repeated ${name} is 400`, async () => {
        for (const other of ['b', 'a']) {
          const lines = name === 'Host' ? '' : 'Host: a\r\n';
          const socket = new RawSocket(place.url).write(
            `GET ${target} HTTP/1.1\r\n${lines}${name}: a\r\n${name.toLowerCase()}: ${other}\r\n\r\n`,
          );
          expect((await socket.next()).status).toBe(400);
        }
        expect(place.glance.seen).toEqual([]);
      });
    }
  }
});
