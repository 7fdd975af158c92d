import { describe, expect, it } from 'vitest';
import { answer, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { until, useFakeGlance } from './setting.ts';

const hidden = 'GET /v2/hidden HTTP/1.1\r\nHost: x\r\n\r\n';
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const file = `/v2/images/${imageId}/file`;

describe('bytes of one request never become another one at Glance', () => {
  const place = useFakeGlance();

  for (const method of ['GET', 'DELETE', 'OPTIONS', 'PATCH', 'POST']) {
    for (const target of [`/v2/images/${imageId}`, file]) {
      it(`${method} ${target} keeps its chunked body`, async () => {
        place.glance.on(method, /^\/v2\/images/, answer(200, {}));
        const socket = new RawSocket(place.url);
        socket.write(
          `${method} ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(hidden)}`,
        );
        expect((await socket.next()).status).toBe(200);
        expect(place.glance.seen[0]).toMatchObject({ text: hidden, complete: true });
      });

      it(`${method} ${target} with a chunked body that looks like a request`, async () => {
        place.glance.on(method, /^\/v2\/images/, answer(200, {}));
        const socket = new RawSocket(place.url);
        socket.write(
          `${method} ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(hidden)}`,
        );
        await socket.next();
        socket.write(`GET /v2/images HTTP/1.1\r\nHost: a\r\n\r\n`);
        expect((await socket.next()).status).toBe(200);
        socket.close();
        await until(() => place.glance.calls('GET', /^\/v2\/images$/).length === 1);
        expect(place.glance.calls('GET', /hidden/)).toEqual([]);
        expect(place.glance.seen.map((each) => each.target)).toEqual([target, '/v2/images']);
      });

      it(`${method} ${target} with a body of known length`, async () => {
        place.glance.on(method, /^\/v2\/images/, answer(200, {}));
        const socket = new RawSocket(place.url);
        socket.write(
          `${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
        );
        expect((await socket.next()).status).toBe(200);
        socket.close();
        expect(place.glance.seen.map((each) => each.target)).toEqual([target]);
        expect(place.glance.seen[0]?.text).toBe(hidden);
      });
    }
  }
});

describe('requests that two parsers could read differently are refused', () => {
  const place = useFakeGlance();
  const malformed: Record<string, string> = {
    'CL and TE': 'Content-Length: 5\r\nTransfer-Encoding: chunked',
    'TE and CL': 'Transfer-Encoding: chunked\r\nContent-Length: 5',
    'two lengths': 'Content-Length: 5\r\nContent-Length: 6',
    'a list of lengths': 'Content-Length: 5, 6',
    'a signed length': 'Content-Length: +5',
    'a blank before the colon': 'Transfer-Encoding : chunked',
    'an unknown coding': 'Transfer-Encoding: xchunked',
    'chunked twice over': 'Transfer-Encoding: chunked, identity',
    'a folded line': 'X-A: b\r\n c',
    'a bare line feed': 'X-A: b\nTransfer-Encoding: chunked',
    'a NUL in a value': 'X-A: b\0c',
  };
  for (const [name, lines] of Object.entries(malformed)) {
    for (const target of ['/v1/images', '/v2/images']) {
      it(`${name}, ${target}`, async () => {
        const socket = new RawSocket(place.url);
        socket.write(
          `POST ${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n${lines}\r\n\r\n0\r\n\r\n${hidden}`,
        );
        const first = await socket.next();
        expect(first.status).toBe(400);
        expect(first.body.length).toBeGreaterThan(0);
        await socket.closed;
        expect(place.glance.seen).toEqual([]);
      });
    }
  }
});

describe('an early answer leaves the connection in order', () => {
  const place = useFakeGlance();
  const upload = (headers: string) =>
    `POST /v1/images HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n${headers}\r\n`;

  it('answers the next request as itself after a refusal with unread body', async () => {
    const socket = new RawSocket(place.url);
    const body = Buffer.alloc(300_000, hidden);
    socket.write(upload(`x-image-meta-nonsense: 1\r\nContent-Length: ${body.length}\r\n`));
    expect((await socket.next()).status).toBe(400);
    socket.write(body);
    socket.write('GET /v1/images HTTP/1.1\r\nHost: a\r\n\r\n');
    const second = await socket.next();
    expect(second.status).toBe(200);
    expect(JSON.parse(second.body.toString()).images).toHaveLength(1);
    expect(place.glance.calls('GET', /hidden/)).toEqual([]);
  });

  it('ends the connection when a refused client that expected 100 would be ambiguous', async () => {
    const socket = new RawSocket(place.url);
    socket.write(
      upload('x-image-meta-nonsense: 1\r\nContent-Length: 100\r\nExpect: 100-continue\r\n'),
    );
    const first = await socket.next();
    expect(first.status).toBe(400);
    expect(first.headers['connection']).toBe('close');
    await socket.closed;
  });

  it('chunk extensions and trailers become nothing at Glance', async () => {
    const chunks =
      'a;x="y\\"z";q=1\r\n0123456789\r\n0;last\r\nX-Auth-Token: trailer\r\nX-T: 1\r\n\r\n';
    for (const target of [`PUT ${file}`, 'POST /v1/images']) {
      place.glance.reset();
      const socket = new RawSocket(place.url).write(
        `${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\nTrailer: X-T\r\nContent-Type: application/octet-stream\r\nx-image-meta-disk_format: raw\r\nx-image-meta-container_format: bare\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      );
      expect((await socket.next()).status).toBeOneOf([201, 204]);
      const upload = place.glance.calls('PUT')[0];
      expect(upload?.text).toBe('0123456789');
      expect(upload?.headers['x-auth-token']).toBe('t');
      expect(upload?.headers['x-t']).toBeUndefined();
    }
  });

  it('answers pipelined requests in order', async () => {
    const socket = new RawSocket(place.url);
    const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
    socket.write(get('/v1/images') + get('/v1/nowhere') + get('/v1/images/detail'));
    expect((await socket.next()).status).toBe(200);
    expect((await socket.next()).status).toBe(404);
    expect(JSON.parse((await socket.next()).body.toString()).images[0]).toHaveProperty('owner');
  });
});
