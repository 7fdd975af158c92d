import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answer, imageId, rawAnswer } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { until, useFakeGlance } from './setting.ts';

const file = `/v2/images/${imageId}/file`;
const targets = ['/v2/images', file, `/v2/images/${imageId}/stage`];

describe('bodies of the v2 pass-through', () => {
  const place = useFakeGlance();
  const bytes = Buffer.from(Array.from({ length: 100_003 }, (_, i) => (i * 7 + (i >> 8)) % 256));
  const md5 = createHash('md5').update(bytes).digest('hex');

  for (const target of targets) {
    it(`${target}: a body of known length arrives with it`, async () => {
      place.glance.on('PUT', /^\/v2/, answer(204));
      await place.ask(target, { method: 'PUT', body: bytes });
      const [seen] = place.glance.seen;
      expect(seen).toMatchObject({ md5, bytes: bytes.length, complete: true });
      expect(seen?.headers['content-length']).toBe(String(bytes.length));
      expect(seen?.headers['transfer-encoding']).toBeUndefined();
    });

    it(`${target}: chunks arrive as chunks`, async () => {
      place.glance.on('PUT', /^\/v2/, answer(204));
      const socket = new RawSocket(place.url);
      socket.write(
        `PUT ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n186a3\r\n`,
      );
      socket.write(bytes).write('\r\n0\r\n\r\n');
      expect((await socket.next()).status).toBe(204);
      const [seen] = place.glance.seen;
      expect(seen).toMatchObject({ md5, bytes: bytes.length, complete: true });
      expect(seen?.headers['transfer-encoding']).toBe('chunked');
      expect(seen?.headers['content-length']).toBeUndefined();
    });

    it(`${target}: an empty body stays empty`, async () => {
      place.glance.on('PUT', /^\/v2/, answer(204));
      expect((await place.ask(target, { method: 'PUT' })).status).toBe(204);
      expect(place.glance.seen[0]).toMatchObject({ bytes: 0, complete: true });
    });

    it(`${target}: Content-Length, Range and 206 are as Glance gave them`, async () => {
      place.glance.on('GET', /^\/v2/, async ({ incoming, outgoing }) => {
        const part = bytes.subarray(10, 20);
        expect(incoming.headers.range).toBe('bytes=10-19');
        outgoing
          .writeHead(206, { 'Content-Range': 'bytes 10-19/100003', 'Content-Length': '10' })
          .end(part);
      });
      const got = await place.ask(target, { headers: { range: 'bytes=10-19' } });
      expect(got.status).toBe(206);
      expect(got.headers.get('content-range')).toBe('bytes 10-19/100003');
      expect(got.headers.get('content-length')).toBe('10');
      expect(Buffer.from(await got.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    });

    it(`${target}: HEAD keeps the length and sends no body`, async () => {
      place.glance.on(
        'HEAD',
        /^\/v2/,
        rawAnswer('HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nETag: "e"\r\n\r\n'),
      );
      const socket = new RawSocket(place.url).write(`HEAD ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const got = await socket.next({ bare: true });
      expect(got.headers).toMatchObject({ 'content-length': '12345', etag: '"e"' });
      socket.write('GET /versions HTTP/1.1\r\nHost: a\r\n\r\n');
      expect((await socket.next()).body.toString()).toContain('versions');
    });

    it(`${target}: bytes after the end of the answer are dropped`, async () => {
      place.glance.on(
        'GET',
        /^\/v2/,
        rawAnswer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nevil'),
      );
      const socket = new RawSocket(place.url).write(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect((await socket.next()).body.toString()).toBe('ok');
      socket.write('GET /versions HTTP/1.1\r\nHost: a\r\n\r\n');
      expect((await socket.next()).body.toString()).toContain('versions');
      expect(socket.rest.toString()).not.toContain('evil');
    });
  }

  it('chunked answers and answers without a length come whole', async () => {
    place.glance.on('GET', /^\/v2/, ({ outgoing }) => {
      outgoing.write(bytes.subarray(0, 1000));
      outgoing.end(bytes.subarray(1000));
    });
    expect(Buffer.from(await (await place.ask(file)).arrayBuffer())).toEqual(bytes);
    const ends = Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), bytes]);
    place.glance.on('GET', /^\/v2/, rawAnswer(ends));
    expect(Buffer.from(await (await place.ask(file)).arrayBuffer())).toEqual(bytes);
  });

  // right: a body that nobody wants is destroyed with its connection; now each such answer leaves one open
  it('keeps no connection to Glance when an answer is refused', async () => {
    place.glance.on('GET', /\/file$/, ({ outgoing }) => {
      outgoing.writeHead(302, { Location: 'http://127.0.0.1:1/' }).write(Buffer.alloc(200_000));
    });
    for (let i = 0; i < 10; i += 1) {
      expect((await place.ask(i % 2 ? file : `/v1/images/${imageId}`)).status).toBe(502);
    }
    await until(() => place.glance.connections() <= 4, 1000);
  });
});
