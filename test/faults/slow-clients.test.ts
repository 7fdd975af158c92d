import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId, sendBytes } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { dataHeaders, requestOf, slowest, until, useFakeGlance } from './setting.ts';

const many = 150;
const lines = Object.entries(dataHeaders).map(([name, value]) => `${name}: ${value}\r\n`);

describe('many slow clients', () => {
  const place = useFakeGlance({ headersTimeout: 500, idleTimeout: 900 });

  it('silent uploads: others are served, then the silent ones end and leave nothing', async () => {
    const slow = Array.from({ length: many }, () =>
      new RawSocket(place.url).write(
        `POST /v1/images HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n${lines.join('')}\r\n0`,
      ),
    );
    expect(await slowest(place.ask)).toBeLessThan(5000);
    await Promise.all(slow.map((each) => each.closed));
    await until(() => place.glance.calls('DELETE').length === many);
    expect(place.glance.calls('POST')).toHaveLength(many);
  }, 15_000);

  it('readers that take nothing: others are served, then the connections end', async () => {
    const size = 50_000_000;
    place.glance.on('GET', /file$/, sendBytes(size));
    place.glance.on('GET', anImage, answer(200, cannedImage({ size })));
    const slow = Array.from({ length: 50 }, (_, i) => {
      const socket = new RawSocket(place.url);
      socket.socket.pause();
      const target = i % 2 ? `/v1/images/${imageId}` : `/v2/images/${imageId}/file`;
      return socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n\r\n`);
    });
    const before = process.memoryUsage().rss;
    expect(await slowest(place.ask)).toBeLessThan(5000);
    await until(() => place.glance.calls('GET', /file$/).length === slow.length);
    await until(() => place.glance.calls('GET', /file$/).every((each) => each.broken));
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    for (const each of slow) each.close();
  }, 15_000);

  it('an upload that has arrived may be stored for longer than that', async () => {
    place.glance.on('PUT', /file$/, async ({ receive, outgoing }) => {
      await receive();
      setTimeout(() => outgoing.writeHead(204).end(), 1500);
    });
    const v2 = { method: 'PUT', body: 'data' };
    const [one, two] = await Promise.all([
      place.ask(...requestOf('create')),
      place.ask(`/v2/images/${imageId}/file`, v2),
    ]);
    expect([one.status, two.status]).toEqual([201, 204]);
  });

  it('a client that has sent everything may wait longer than that for Glance', async () => {
    place.glance.on('GET', /images\?/, async (exchange) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await answer(200, { images: [] })(exchange);
    });
    expect((await place.ask('/v1/images')).status).toBe(200);
  });

  it('a steady trickle of an upload is not cut, however long it takes', async () => {
    const socket = new RawSocket(place.url);
    const size = 5;
    socket.write(
      `POST /v1/images HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n${lines.join('')}\r\n`,
    );
    for (let i = 0; i < size; i += 1) {
      socket.write('x');
      await new Promise((resolve) => setTimeout(resolve, 350));
    }
    expect((await socket.next()).status).toBe(201);
    expect(place.glance.calls('PUT')[0]?.bytes).toBe(size);
  });
});
