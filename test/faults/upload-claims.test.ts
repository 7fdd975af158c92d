import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { dataHeaders, useFakeGlance } from './setting.ts';

const lines = Object.entries(dataHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
const chunks = (...texts: string[]) =>
  `${texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('data that is not what was declared', () => {
  const place = useFakeGlance();
  const uploads = () => place.glance.calls('PUT', /\/file$/);
  const send = (method: string, more: string, body: string) => {
    const target = method === 'POST' ? '/v1/images' : `/v1/images/${imageId}`;
    return new RawSocket(place.url).write(
      `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines.join('')}${more}\r\n${body}`,
    );
  };
  const wrong: Record<string, [more: string, body: string]> = {
    'size too large, chunked': ['x-image-meta-size: 20\r\n', chunks('01234', '56789')],
    'size too small, one chunk': ['x-image-meta-size: 5\r\n', chunks('0123456789')],
    'checksum, chunked': [`x-image-meta-checksum: ${md5('x')}\r\n`, chunks('01234', '56789')],
    'checksum, no chunk but the end': [`x-image-meta-checksum: ${md5('x')}\r\n`, chunks()],
    'size 5 with no bytes': ['x-image-meta-size: 5\r\n', chunks()],
  };

  for (const [name, [more, body]] of Object.entries(wrong)) {
    it(`${name}: 400, never active, and the new image goes`, async () => {
      const socket = send('POST', `${more}Transfer-Encoding: chunked\r\n`, body);
      expect((await socket.next()).status).toBe(400);
      expect(uploads().every((each) => !each.complete)).toBe(true);
      expect(place.glance.calls('DELETE')).toHaveLength(1);
    });

    it(`${name}: a reserved image stays queued`, async () => {
      place.glance.on('GET', anImage, answer(200, cannedImage({ status: 'queued', size: null })));
      const socket = send('PUT', `${more}Transfer-Encoding: chunked\r\n`, body);
      expect((await socket.next()).status).toBe(400);
      expect(uploads().every((each) => !each.complete)).toBe(true);
      expect(place.glance.calls('DELETE')).toEqual([]);
    });
  }

  it('answers 400 to a client that goes on sending more than it declared', async () => {
    const long = 'z'.repeat(60_000);
    const socket = send('POST', 'x-image-meta-size: 5\r\nTransfer-Encoding: chunked\r\n', '');
    // such a client listens only when it has said everything
    socket.socket.pause();
    for (let i = 0; i < 50; i += 1) {
      await socket.flushed(`${long.length.toString(16)}\r\n${long}\r\n`);
    }
    await socket.flushed('0\r\n\r\n');
    socket.socket.resume();
    expect((await socket.next({ limit: 2000 })).status).toBe(400);
  });

  it('wrong checksum with a known length: 400 and never active', async () => {
    const socket = send(
      'POST',
      `x-image-meta-checksum: ${md5('x')}\r\nContent-Length: 10\r\n`,
      '0123456789',
    );
    expect((await socket.next()).status).toBe(400);
    expect(uploads().every((each) => !each.complete)).toBe(true);
    expect(place.glance.calls('DELETE')).toHaveLength(1);
  });

  it('a size that differs from the length is refused before anything is made', async () => {
    const socket = send('POST', 'x-image-meta-size: 11\r\nContent-Length: 10\r\n', '0123456789');
    expect((await socket.next()).status).toBe(400);
    expect(place.glance.seen).toEqual([]);
  });

  it('right claims are stored byte for byte, chunked and with a length', async () => {
    const text = '0123456789'.repeat(10_000);
    const right = `x-image-meta-size: ${text.length}\r\nx-image-meta-checksum: ${md5(text).toUpperCase()}\r\n`;
    const one = send('POST', `${right}Content-Length: ${text.length}\r\n`, text);
    expect((await one.next()).status).toBe(201);
    const two = send('POST', `${right}Transfer-Encoding: chunked\r\n`, chunks(text));
    expect((await two.next()).status).toBe(201);
    expect(uploads().map((each) => [each.bytes, each.md5, each.complete])).toEqual(
      Array.from({ length: 2 }, () => [text.length, md5(text), true]),
    );
    expect(uploads()[0]?.headers['content-length']).toBe(String(text.length));
  });
});
