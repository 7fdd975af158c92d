import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId, sendBytes } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

const paths = { v1: `/v1/images/${imageId}`, v2: `/v2/images/${imageId}/file` };
const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n\r\n`;

describe('a body that Glance breaks off reaches the client as a broken one', () => {
  const place = useFakeGlance();
  const size = 1_000_000;
  for (const [api, target] of Object.entries(paths)) {
    for (const cut of [0, 1, size / 2, size - 1]) {
      it(`${api}: cut at byte ${cut} of ${size}`, async () => {
        place.glance.on('GET', /\/file$/, sendBytes(size, {}, cut));
        place.glance.on('GET', anImage, answer(200, cannedImage({ size })));
        const socket = new RawSocket(place.url).write(get(target));
        const got = await socket.next().catch(() => undefined);
        await socket.closed;
        // an error answer or a short body; never a whole one
        if (got?.status === 200) {
          expect(got.complete).toBe(false);
          expect(got.body.length).toBeLessThan(size);
        } else if (got) expect(got.status).toBeGreaterThanOrEqual(500);
      });
    }

    it(`${api}: chunks without their end`, async () => {
      place.glance.on('GET', /\/file$/, ({ outgoing }) => {
        outgoing.writeHead(200, { 'Content-Type': 'application/octet-stream' });
        outgoing.write('01234');
        setImmediate(() => outgoing.destroy());
      });
      const socket = new RawSocket(place.url).write(get(target));
      const got = await socket.next();
      expect(got.complete).toBe(false);
    });
  }
});

describe('v1 data whose size is not the one that the image has', () => {
  const place = useFakeGlance();
  const chunks = (text: string) =>
    place.glance.on('GET', /\/file$/, ({ outgoing }) => {
      outgoing.writeHead(200, { 'Content-Type': 'application/octet-stream' });
      outgoing.write(text);
      outgoing.end();
    });

  // right: the promised length cannot be met, so the connection ends; now the client waits for ever
  it('breaks the connection when Glance sends fewer chunks than the size promises', async () => {
    chunks('01234');
    const socket = new RawSocket(place.url).write(get(paths.v1));
    const got = await socket.next({ limit: 800 });
    expect(got.complete).toBe(false);
    expect(got.body.toString()).toBe('01234');
  });

  // right: what is over is dropped and the connection closed; now it is read as the next answer
  it('never writes past the promised length into the next answer', async () => {
    chunks(`0123456789HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`);
    const socket = new RawSocket(place.url).write(get(paths.v1));
    const got = await socket.next();
    const length = Number(got.headers['content-length'] ?? got.body.length);
    expect(got.body.length).toBe(length);
    // the connection is over, or the next answer is the next answer
    socket.write(get('/v1/images'));
    const next = await socket.next({ limit: 800 }).catch(() => undefined);
    if (next) expect(next.body.toString()).toContain('"images"');
    expect(socket.rest.toString()).not.toContain('evil');
  });
});
