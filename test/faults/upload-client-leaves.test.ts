import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { dataHeaders, until, useFakeGlance } from './setting.ts';

const size = 400_000;
const lines = Object.entries(dataHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
const start = (method: string, target: string, more: string) =>
  `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines.join('')}${more}\r\n`;
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

/** Fractions of the upload after which the client vanishes. */
const parts = [0, 0.5, 0.99];

describe('a client that leaves during an upload', () => {
  const place = useFakeGlance();
  const queued = () =>
    place.glance.on('GET', anImage, answer(200, cannedImage({ status: 'queued', size: null })));
  const uploads = () => place.glance.calls('PUT', /\/file$/);

  for (const part of parts) {
    for (const framing of ['length', 'chunks']) {
      // an upload whose first byte never came need not have begun
      const begun = (method: string, path: RegExp) =>
        part > 0 ? uploads().length === 1 : place.glance.calls(method, path).length === 1;
      const broken = () =>
        uploads().every((each) => each.broken && !each.complete) &&
        (part === 0 || uploads().length === 1);
      const send = async (method: string, target: string) => {
        const socket = new RawSocket(place.url);
        const bytes = Buffer.alloc(size * part, 1);
        const more =
          framing === 'length' ? `Content-Length: ${size}\r\n` : 'Transfer-Encoding: chunked\r\n';
        await socket.flushed(start(method, target, more));
        if (bytes.length > 0) await socket.flushed(framing === 'length' ? bytes : chunk(bytes));
        return socket;
      };

      it(`POST, ${framing}, ${part * 100} %: the image is deleted, once`, async () => {
        const socket = await send('POST', '/v1/images');
        await until(() => begun('POST', /images$/));
        socket.close();
        await until(() => place.glance.calls('DELETE').length > 0, 1000);
        await until(broken, 1000);
        expect(place.glance.calls('DELETE').map((each) => each.target)).toEqual([
          `/v2/images/${imageId}`,
        ]);
        expect(place.glance.calls('POST')).toHaveLength(1);
      });

      it(`PUT to a reserved image, ${framing}, ${part * 100} %: the image stays`, async () => {
        queued();
        const socket = await send('PUT', `/v1/images/${imageId}`);
        await until(() => begun('GET', anImage));
        socket.close();
        await until(broken, 1000);
        expect(place.glance.calls('DELETE')).toEqual([]);
      });

      it(`v2 PUT, ${framing}, ${part * 100} %: Glance sees the break`, async () => {
        const socket = await send('PUT', `/v2/images/${imageId}/file`);
        if (part > 0) await until(() => uploads().length === 1);
        socket.close();
        await until(broken, 1000);
      });
    }
  }

  it('leaves nothing when it goes while the record is being made', async () => {
    let created = (): void => undefined;
    place.glance.on('POST', /images$/, async ({ receive, outgoing }) => {
      await receive();
      created = () => {
        outgoing.writeHead(201, { 'Content-Type': 'application/json' });
        outgoing.end(JSON.stringify(cannedImage({ status: 'queued' })));
      };
    });
    const socket = new RawSocket(place.url);
    await socket.flushed(start('POST', '/v1/images', 'Content-Length: 10\r\n'));
    await until(() => place.glance.calls('POST')[0]?.complete === true);
    const gone = new Promise((resolve) => socket.socket.once('close', resolve));
    socket.close();
    await gone;
    created();
    await until(() => place.glance.calls('DELETE').length === 1, 2000);
    expect(uploads().every((each) => !each.complete)).toBe(true);
  });
});
