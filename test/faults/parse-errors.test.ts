import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

describe('garbage on a connection with a running answer', () => {
  const place = useFakeGlance();

  // right: a connection whose answer has begun is closed; now a 400 page is written into the data
  it('never appears inside the image data', async () => {
    let finish = (): void => undefined;
    place.glance.on('GET', /\/file$/, ({ outgoing }) => {
      outgoing.writeHead(200, { 'Content-Length': '1000' });
      outgoing.write('A'.repeat(500));
      finish = () => outgoing.end('B'.repeat(500));
    });
    place.glance.on('GET', anImage, answer(200, cannedImage({ size: 1000 })));
    const socket = new RawSocket(place.url);
    socket.write(`GET /v1/images/${imageId} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n\r\n`);
    await new Promise<void>((resolve) => {
      socket.socket.on('data', () => {
        if (socket.rest.includes('AAAA')) resolve();
      });
    });
    socket.write('\x16\x03\x01 this is not HTTP\r\n\r\n');
    setTimeout(() => finish(), 100);
    const got = await socket.next();
    expect(got.body.toString()).toMatch(/^A+B*$/);
  });
});

describe('what cannot be parsed', () => {
  const place = useFakeGlance({ headerBytes: 65_536 });
  const big = 'y'.repeat(200_000);

  // `Accept` is beyond the packet that broke the limit: the form that most clients ask for is taken
  it("answers an oversize header block with 431 in v1's form", async () => {
    const socket = new RawSocket(place.url).write(
      `GET /v1/images HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nX-Big: ${big}\r\n\r\n`,
    );
    const got = await socket.next();
    expect(got.status).toBe(431);
    expect(got.headers['content-type']).toContain('text/html');
    expect(got.body.toString()).toContain('Request Header Fields Too Large');
  });

  it('takes a header block of almost the limit, token last among 1,500 headers', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => `X-H${i}: ${i}\r\n`).join('');
    const socket = new RawSocket(place.url).write(
      `GET /v1/images HTTP/1.1\r\nHost: a\r\n${many}X-Auth-Token: last\r\n\r\n`,
    );
    expect((await socket.next()).status).toBe(200);
    expect(place.glance.seen[0]?.headers['x-auth-token']).toBe('last');
  });

  it('reads 128 properties of 255-byte names and long values', async () => {
    const property = (i: number) =>
      `x-image-meta-property-${`p${i}_`.padEnd(255, 'n')}: ${'v'.repeat(150)}\r\n`;
    const lines = Array.from({ length: 128 }, (_, i) => property(i)).join('');
    const socket = new RawSocket(place.url).write(
      `POST /v1/images HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\nContent-Length: 0\r\n${lines}\r\n`,
    );
    expect((await socket.next()).status).toBe(201);
    const document = JSON.parse(place.glance.calls('POST')[0]?.text ?? '{}');
    expect(Object.keys(document)).toHaveLength(128);
  });

  it('closes a connection that speaks TLS or nonsense, with 400', async () => {
    for (const bytes of ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'NONSENSE\r\n\r\n']) {
      const socket = new RawSocket(place.url).write(bytes);
      expect((await socket.next()).status).toBe(400);
      await socket.closed;
    }
  });
});
