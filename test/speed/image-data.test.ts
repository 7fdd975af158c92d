import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dataHeaders, useFakeGlance } from '../faults/setting.ts';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';

const data = randomBytes(5_000_001);
const md5 = createHash('md5').update(data).digest('hex');
const pause = () => new Promise((resolve) => setImmediate(resolve));

const downloads = { v1: `/v1/images/${imageId}`, v2: `/v2/images/${imageId}/file` };
const uploads = { v1: 'POST /v1/images', v2: `PUT /v2/images/${imageId}/file` };

describe('image data, no two pieces alike, is carried byte for byte', () => {
  const place = useFakeGlance();

  describe.each(['a length', 'chunks'])('with %s', (framing) => {
    it.each(Object.entries(downloads))('down, however slowly it is read: %s', async (_, target) => {
      place.glance.on('GET', anImage, answer(200, cannedImage({ size: data.length })));
      place.glance.on('GET', /\/file$/, ({ outgoing }) => {
        outgoing.setHeader('Content-Type', 'application/octet-stream');
        if (framing === 'a length') outgoing.setHeader('Content-Length', data.length);
        // in two pieces, or Node tells the length all the same
        outgoing.write(data.subarray(0, 70_000));
        outgoing.end(data.subarray(70_000));
      });
      const reader = (await place.ask(target)).body?.getReader();
      const hash = createHash('md5');
      for (;;) {
        await pause();
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) break;
        hash.update(value as Uint8Array);
      }
      expect(hash.digest('hex')).toBe(md5);
    });

    it.each(Object.entries(uploads))('up, however slowly it is read: %s', async (_, line) => {
      place.glance.on('PUT', /\/file$/, async ({ incoming, receive, outgoing }) => {
        incoming.pause();
        await pause();
        await receive();
        outgoing.writeHead(204).end();
      });
      const [method = '', target = ''] = line.split(' ');
      const body = framing === 'a length' ? data : new Blob([data]).stream();
      const got = await place.ask(target, {
        method,
        headers: dataHeaders,
        body,
        ...(framing === 'chunks' && { duplex: 'half' }),
      });
      expect(got.status).toBeLessThan(300);
      expect(place.glance.calls('PUT', /\/file$/)[0]).toMatchObject({ md5, bytes: data.length });
    });
  });

  it.each(Object.entries(uploads))('up, when it was waited for: %s', async (_, line) => {
    place.glance.on('PUT', /\/file$/, async ({ receive, outgoing }) => {
      outgoing.writeContinue();
      await receive();
      outgoing.writeHead(204).end();
    });
    const lines = Object.entries({ ...dataHeaders, expect: '100-continue', host: 'a' });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const socket = new RawSocket(place.url);
    socket.write(`${line} HTTP/1.1\r\n${head}Content-Length: ${data.length}\r\n\r\n`);
    expect((await socket.next()).status).toBe(100);
    socket.write(data);
    expect((await socket.next()).status).toBeLessThan(300);
    expect(place.glance.calls('PUT', /\/file$/)[0]?.md5).toBe(md5);
  });
});
