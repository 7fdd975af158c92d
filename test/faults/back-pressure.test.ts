import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId, sendBytes } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { dataHeaders, until, useFakeGlance } from './setting.ts';

const mib = 1024 * 1024;
const size = 300 * mib;
/** What sockets and streams may hold in flight, both hops and kernel buffers together. */
const inFlight = 80 * mib;
const paths = {
  v1: [`/v1/images/${imageId}`, 'POST', '/v1/images'],
  v2: [`/v2/images/${imageId}/file`, 'PUT', `/v2/images/${imageId}/file`],
} as const;
const steady = async (read: () => number) => {
  let before = -1;
  await until(async () => {
    const now = read();
    const same = now === before && now > 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 60));
    return same;
  });
};

describe('back-pressure', () => {
  const place = useFakeGlance();

  for (const [api, [source, method, sink]] of Object.entries(paths)) {
    it(`${api}: a reader that stops makes Glance stop; 300 MiB pass when it goes on`, async () => {
      place.glance.on('GET', /\/file$/, sendBytes(size));
      place.glance.on('GET', anImage, answer(200, cannedImage({ size })));
      const data = () => place.glance.calls('GET', /\/file$/)[0]?.sent ?? 0;
      const before = process.memoryUsage().rss;
      const got = await place.ask(source);
      const reader = got.body?.getReader();
      await steady(data);
      expect(data()).toBeLessThan(inFlight);
      let read = 0;
      let most = 0;
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) break;
        read += value?.length ?? 0;
        most = Math.max(most, process.memoryUsage.rss());
      }
      expect(read).toBe(size);
      expect(most - before).toBeLessThan(size * 0.75);
    });

    it(`${api}: a Glance that stops reading makes the client stop`, async () => {
      let goOn = (): void => undefined;
      place.glance.on('PUT', /\/file$/, async ({ incoming, receive, outgoing }) => {
        incoming.pause();
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        await receive();
        outgoing.writeHead(204).end();
      });
      const lines = Object.entries(dataHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
      const socket = new RawSocket(place.url);
      const total = size / 2;
      socket.write(
        `${method} ${sink} HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n${lines.join('')}\r\n`,
      );
      const block = Buffer.alloc(mib);
      let written = 0;
      const writing = (async () => {
        for (; written < total; written += block.length) await socket.flushed(block);
      })();
      await steady(() => written);
      expect(written).toBeLessThan(inFlight);
      goOn();
      await writing;
      expect((await socket.next()).status).toBe(method === 'POST' ? 201 : 204);
      expect(place.glance.calls('PUT', /\/file$/)[0]?.bytes).toBe(total);
    });
  }
});
