import { describe, expect, it } from 'vitest';
import { answer, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket, rawAsk } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

const odd = [
  ...['TRACE', 'OPTIONS', 'PROPFIND', 'MKCOL', 'LOCK', 'COPY', 'MOVE', 'PURGE', 'REPORT', 'SEARCH'],
  ...['M-SEARCH', 'BIND', 'LINK', 'SOURCE', 'ACL', 'PATCH', 'QUERY'],
];
const paths = ['/v1/images', `/v1/images/${imageId}`, `/v1/images/${imageId}/members`, '/v1/'];

describe('methods that v1 does not have', () => {
  const place = useFakeGlance();

  for (const method of odd) {
    it(`${method} is 405 with Allow`, async () => {
      for (const path of paths) {
        const got = await rawAsk(place.url, `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        // what the parser does not know is no request at all
        expect([path, got.status]).toEqual([path, expect.toBeOneOf([400, 405])]);
        if (got.status === 405) expect(got.headers['allow']).toMatch(/GET/);
        expect(got.body.length).toBeGreaterThan(0);
      }
      expect(place.glance.seen).toEqual([]);
    });
  }

  it('TRACE of v2 echoes nothing', async () => {
    place.glance.on('TRACE', /^/, answer(405, {}));
    const got = await rawAsk(
      place.url,
      'TRACE /v2/images HTTP/1.1\r\nHost: a\r\nX-Auth-Token: canary\r\n\r\n',
    );
    expect(got.status).toBe(405);
    expect(got.body.toString()).not.toContain('canary');
  });

  it('CONNECT and lower-case methods are refused', async () => {
    for (const line of [
      'CONNECT inside:80 HTTP/1.1',
      'CONNECT /v2/images HTTP/1.1',
      'get /v1/images HTTP/1.1',
      'GETX /v1/images HTTP/1.1',
    ]) {
      const socket = new RawSocket(place.url).write(`${line}\r\nHost: a\r\n\r\n`);
      const got = await socket.next().catch(() => undefined);
      if (got) expect(got.status).toBeGreaterThanOrEqual(400);
      socket.close();
    }
    expect(place.glance.seen).toEqual([]);
  });

  it('HEAD of a list is 405 without a body', async () => {
    const socket = new RawSocket(place.url).write('HEAD /v1/images HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await socket.next({ bare: true })).status).toBe(405);
    socket.write('GET /versions HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await socket.next()).status).toBe(200);
  });
});
