import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { dataHeaders, until, useFakeGlance } from './setting.ts';

const lines = Object.entries(dataHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
const targets = [
  ['POST', '/v1/images'],
  ['PUT', `/v1/images/${imageId}`],
  ['PUT', `/v2/images/${imageId}/file`],
] as const;
const bad = {
  'a size that is no number': 'zz\r\n',
  'a chunk longer than its size': '2\r\nabcdef\r\n',
  'an endless size': `${'f'.repeat(40)}\r\n`,
  'a bare line feed': '3\nabc\r\n',
};

describe('chunks that turn malformed in mid-upload', () => {
  const place = useFakeGlance();
  for (const [method, target] of targets) {
    for (const [name, bytes] of Object.entries(bad)) {
      it(`${method} ${target}, ${name}: the upload is broken off at once`, async () => {
        if (method === 'PUT') {
          const queued = cannedImage({ status: 'queued', size: null });
          place.glance.on('GET', anImage, answer(200, queued));
        }
        const socket = new RawSocket(place.url).write(
          `${method} ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n${lines.join('')}\r\n5\r\n01234\r\n`,
        );
        const uploads = () => place.glance.calls('PUT', /file$/);
        // the last chunk so far may be held back
        await until(() => {
          if (uploads().length === 0) socket.write('5\r\n56789\r\n');
          return uploads().length === 1;
        });
        socket.write(bytes);
        // the client keeps its end open
        await until(() => uploads()[0]?.broken === true, 1000);
        expect(uploads()[0]?.complete).toBe(false);
        const made = method === 'POST' ? 1 : 0;
        await until(() => place.glance.calls('DELETE').length === made, 1000);
        const got = await socket.next().catch(() => undefined);
        if (got) expect(got.status).toBeGreaterThanOrEqual(400);
        socket.close();
      });
    }
  }
});
