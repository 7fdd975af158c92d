import { describe, expect, it } from 'vitest';
import {
  anImage,
  answer,
  cannedImage,
  imageId,
  rawAnswer,
  reset,
} from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { dataHeaders, requestOf, until, useFakeGlance } from './setting.ts';

describe('an upload that Glance does not take', () => {
  const place = useFakeGlance();
  const failures = {
    '400': [answer(400, { message: 'no formats' }), 400],
    '403': [answer(403), 403],
    '409': [answer(409), 409],
    '410': [answer(410), 412],
    '413': [answer(413), 413],
    '503': [answer(503), 503],
    redirect: [answer(302, undefined, { Location: 'http://127.0.0.1:1/' }), 502],
    reset: [reset, 503],
    garbage: [rawAnswer('nonsense\r\n\r\n'), 502],
  } as const;

  for (const [name, [script, status]] of Object.entries(failures)) {
    it(`${name}: ${status}, the record is deleted exactly once`, async () => {
      place.glance.on('PUT', /\/file$/, script);
      const got = await place.ask(...requestOf('create'));
      expect(got.status).toBe(status);
      expect(place.glance.calls('POST')).toHaveLength(1);
      expect(place.glance.calls('PUT')).toHaveLength(1);
      expect(place.glance.calls('DELETE').map((each) => each.target)).toEqual([
        `/v2/images/${imageId}`,
      ]);
    });

    it(`${name}: a reserved image is left as it is`, async () => {
      place.glance.on('PUT', /\/file$/, script);
      place.glance.on('GET', anImage, answer(200, cannedImage({ status: 'queued', size: null })));
      const { body, ...put } = requestOf('create')[1];
      const got = await place.ask(`/v1/images/${imageId}`, {
        ...put,
        method: 'PUT',
        body: body ?? null,
      });
      expect(got.status).toBe(status);
      expect(place.glance.calls('DELETE')).toEqual([]);
    });
  }

  it('says what went wrong even when the tidying fails too', async () => {
    place.glance.on('PUT', /\/file$/, answer(413));
    place.glance.on('DELETE', /^/, reset);
    const got = await place.ask(...requestOf('create'));
    expect(got.status).toBe(413);
    expect(place.glance.calls('DELETE')).toHaveLength(1);
  });

  it('never says success when the stored image cannot be read back', async () => {
    place.glance.on('GET', anImage, answer(503));
    const got = await place.ask(...requestOf('create'));
    expect(got.status).toBe(503);
    expect(place.glance.calls('POST')).toHaveLength(1);
  });

  for (const framing of ['length', 'chunks']) {
    it(`an early 413 is heard in mid-upload (${framing})`, async () => {
      place.glance.on('PUT', /\/file$/, ({ incoming, outgoing }) => {
        outgoing.writeHead(413, { 'Content-Type': 'application/json' });
        outgoing.end('{"message":"quota"}');
        incoming.resume();
      });
      const lines = Object.entries(dataHeaders).map(([key, value]) => `${key}: ${value}\r\n`);
      const size = 3_000_000;
      const framed =
        framing === 'length' ? `Content-Length: ${size}` : 'Transfer-Encoding: chunked';
      const socket = new RawSocket(place.url);
      socket.write(`POST /v1/images HTTP/1.1\r\nHost: a\r\n${lines.join('')}${framed}\r\n\r\n`);
      if (framing === 'chunks') socket.write(`${size.toString(16)}\r\n`);
      socket.write(Buffer.alloc(100_000));
      await until(() => place.glance.calls('PUT').length === 1);
      // such a client listens only when it has said everything
      socket.socket.pause();
      await socket.flushed(Buffer.alloc(size - 100_000));
      if (framing === 'chunks') await socket.flushed('\r\n0\r\n\r\n');
      socket.socket.resume();
      expect((await socket.next({ limit: 3000 })).status).toBe(413);
    });
  }
});
