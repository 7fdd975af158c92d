import { beforeEach, describe, expect, it } from 'vitest';
import { dataHeaders, until } from '../faults/setting.ts';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket, rawAsk } from '../fixtures/raw-socket.ts';
import { useWorker } from './setting.ts';

const size = 400_000;
const lines = Object.entries(dataHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
const start = (method: string, target: string, more: string) =>
  `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines.join('')}${more}\r\n`;
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

/** Ways to leave: with a farewell, without one. */
const leave = {
  closes: (socket: RawSocket) => socket.socket.end(),
  resets: (socket: RawSocket) => socket.socket.resetAndDestroy(),
};

describe('an upload through workerd', () => {
  const place = useWorker((glance) => ({
    POLYGLANCE_MAX_UPLOAD: String(2 * size),
    POLYGLANCE_IMPORT_ALLOWED_HOSTS: '127.0.0.1',
    POLYGLANCE_IMPORT_ALLOWED_PORTS: new URL(glance.url).port,
  }));
  beforeEach(() => {
    place.glance.on('GET', anImage, answer(200, cannedImage({ status: 'queued', size: null })));
  });
  const uploads = () => place.glance.calls('PUT', /\/file$/);
  const cut = async () => {
    await until(() => uploads()[0]?.broken === true);
    expect(uploads().map(({ complete }) => complete)).toEqual([false]);
  };

  for (const [how, end] of Object.entries(leave)) {
    for (const framing of ['length', 'chunks']) {
      const begin = async (method: string, target: string) => {
        const socket = new RawSocket(place.worker.url);
        const bytes = Buffer.alloc(size / 2, 1);
        const more =
          framing === 'length' ? `Content-Length: ${size}\r\n` : 'Transfer-Encoding: chunked\r\n';
        await socket.flushed(start(method, target, more));
        await socket.flushed(framing === 'length' ? bytes : chunk(bytes));
        await until(() => (uploads()[0]?.bytes ?? 0) > 0);
        end(socket);
      };

      it(`of which the client ${how} the connection, POST, ${framing}: is cut, the image deleted`, async () => {
        await begin('POST', '/v1/images');
        await cut();
        await until(() => place.glance.calls('DELETE').length === 1);
      });

      it.each(['v1', 'v2'])(
        `of which the client ${how} the connection, %s PUT, ${framing}: is cut`,
        async (version) => {
          await begin('PUT', `/${version}/images/${imageId}${version === 'v2' ? '/file' : ''}`);
          await cut();
          expect(place.glance.calls('DELETE')).toEqual([]);
        },
      );
    }
  }

  it('of which the source breaks off in chunks: is cut, the image deleted', async () => {
    place.glance.on('GET', /^\/source$/, ({ outgoing }) => {
      outgoing.write(Buffer.alloc(size / 2), () => outgoing.destroy());
    });
    const copy = `x-glance-api-copy-from: ${place.glance.url}/source\r\nContent-Length: 0\r\n`;
    const head = start('POST', '/v1/images', copy).replace(/content-type.*\r\n/i, '');
    expect((await rawAsk(place.worker.url, head)).status).toBe(201);
    await cut();
    await until(() => place.glance.calls('DELETE').length === 1);
  });

  it.each([
    ['is more than may be uploaded', '', 3 * size, 413],
    ['has another size than it claims', `x-image-meta-size: ${size + 1}\r\n`, size, 400],
    [
      'has another checksum than it claims',
      `x-image-meta-checksum: ${'0'.repeat(32)}\r\n`,
      size,
      400,
    ],
  ])('in chunks that %s: is refused, and cut', async (_, claim, length, status) => {
    const socket = new RawSocket(place.worker.url);
    socket.write(start('PUT', `/v1/images/${imageId}`, `${claim}Transfer-Encoding: chunked\r\n`));
    socket.write(chunk(Buffer.alloc(length))).write('0\r\n\r\n');
    expect((await socket.next()).status).toBe(status);
    socket.close();
    await cut();
  });

  it.each(['length', 'chunks'])(
    'that Glance refuses in the middle is told so (%s)',
    async (framing) => {
      place.glance.on('PUT', /\/file$/, ({ incoming, outgoing }) => {
        outgoing.writeHead(413, { 'Content-Type': 'application/json' });
        outgoing.end('{"message":"quota"}');
        incoming.resume();
      });
      const framed =
        framing === 'length' ? `Content-Length: ${size}` : 'Transfer-Encoding: chunked';
      const half = Buffer.alloc(size / 2);
      const socket = new RawSocket(place.worker.url);
      socket.write(start('POST', '/v1/images', `${framed}\r\n`));
      socket.write(framing === 'length' ? half : chunk(half));
      await until(() => uploads().length === 1);
      socket.write(framing === 'length' ? half : chunk(half));
      if (framing === 'chunks') socket.write('0\r\n\r\n');
      expect((await socket.next()).status).toBe(413);
      socket.close();
      await until(() => place.glance.calls('DELETE').length === 1);
    },
  );
});
