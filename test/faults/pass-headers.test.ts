import { describe, expect, it } from 'vitest';
import { imageId, rawAnswer } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

const file = `/v2/images/${imageId}/file`;

describe('headers of the v2 pass-through', () => {
  const place = useFakeGlance();

  for (const target of ['/v2/images', file]) {
    it(`${target}: hop-by-hop headers, and those that Connection names, stay behind`, async () => {
      place.glance.on(
        'GET',
        /^\/v2/,
        rawAnswer(
          'HTTP/1.1 200 OK\r\nConnection: close, X-Secret, ETag\r\nX-Secret: s\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nTrailer: x\r\nServer: inside\r\nVia: 1.1 inside\r\nX-Powered-By: p\r\nSet-Cookie: a=b\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok',
        ),
      );
      const socket = new RawSocket(place.url);
      socket.write(
        `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\nProxy-Authorization: Basic eA==\r\nUpgrade: websocket\r\nCookie: a=b\r\nVia: 1.0 x\r\n\r\n`,
      );
      const got = await socket.next();
      expect(got.body.toString()).toBe('ok');
      for (const name of ['x-secret', 'keep-alive', 'proxy-authenticate', 'upgrade', 'trailer']) {
        if (name === 'keep-alive') expect(got.headers[name]).not.toBe('timeout=5, x');
        else expect([name, got.headers[name]]).toEqual([name, undefined]);
      }
      for (const name of ['server', 'via', 'x-powered-by', 'set-cookie']) {
        expect([name, got.headers[name]]).toEqual([name, undefined]);
      }
      const headers = place.glance.seen[0]?.headers ?? {};
      for (const name of ['x-mine', 'te', 'proxy-authorization', 'upgrade', 'cookie', 'via']) {
        expect([name, headers[name]]).toEqual([name, undefined]);
      }
    });
  }

  it('headers that mean something to Glance go there, Range and conditions among them', async () => {
    const sent = {
      accept: 'application/json',
      range: 'bytes=1-3',
      'if-none-match': '"x"',
      'user-agent': 'agent',
      'content-type': 'application/octet-stream',
      'x-image-meta-store': 'fast',
    };
    await place.ask(file, { headers: sent });
    expect(place.glance.seen[0]?.headers).toMatchObject(sent);
    expect(place.glance.seen[0]?.headers['accept-encoding']).toBe('identity');
    expect(place.glance.seen[0]?.headers['host']).toBe(new URL(place.glance.url).host);
  });

  it('UTF-8 bytes in a header of Glance pass unchanged', async () => {
    const value = Buffer.from('attachment; filename="café"', 'utf8');
    place.glance.on(
      'GET',
      /^\/v2/,
      rawAnswer(
        Buffer.concat([
          Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Disposition: '),
          value,
          Buffer.from('\r\n\r\nok'),
        ]),
      ),
    );
    const socket = new RawSocket(place.url).write(`GET ${file} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect((await socket.next()).head.includes(value)).toBe(true);
  });

  it('UTF-8 bytes in a header of the client pass unchanged', async () => {
    const socket = new RawSocket(place.url);
    socket.write(Buffer.from(`GET ${file} HTTP/1.1\r\nHost: a\r\nUser-Agent: café ☃\r\n\r\n`));
    await socket.next();
    const seen = place.glance.seen[0]?.headers['user-agent'] ?? '';
    expect(Buffer.from(seen, 'latin1').toString()).toBe('café ☃');
  });

  const redirects = (location: string, status = 302) =>
    rawAnswer(
      `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`,
    );

  it('a Location of Glance itself leads to the gateway', async () => {
    for (const given of [`${place.glance.url}/v2/images/x?a=1`, '/v2/images/x?a=1']) {
      for (const status of [201, 302]) {
        place.glance.on('GET', /^\/v2/, redirects(given, status));
        const got = await place.ask('/v2/images');
        expect(got.status).toBe(status);
        expect(got.headers.get('location')).toBe(`${place.url}/v2/images/x?a=1`);
      }
    }
  });

  it('a redirect to anywhere else is 502 and names nothing', async () => {
    const elsewhere = [
      'http://127.0.0.1:1/inside',
      'http://inside.example/v2/images',
      '//inside.example/v2/images',
      '/\\inside.example/v2/images',
      'file:///inside',
      'javascript:inside',
      `${place.glance.url.replace('http:', 'https:')}/inside`,
      `${place.glance.url.replace('//', '//user:pass@')}.inside/`,
    ];
    for (const location of elsewhere) {
      for (const target of ['/v2/images', file]) {
        place.glance.on('GET', /^\/v2/, redirects(location));
        const got = await place.ask(target);
        const text = `${await got.text()}${got.headers.get('location') ?? ''}`;
        const own = got.headers.get('location')?.startsWith(place.url) === true;
        if (!own) expect([location, got.status]).toEqual([location, 502]);
        if (got.status === 502) expect(text).not.toContain('inside');
      }
    }
  });
});
