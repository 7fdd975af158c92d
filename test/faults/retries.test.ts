import { describe, expect, it } from 'vitest';
import { imageId, rawAnswer, reset } from '../fixtures/fake-glance.ts';
import { operationNames, requestOf, useFakeGlance } from './setting.ts';

const image = `/v2/images/${imageId}`;
const writes = ['POST', 'PUT', 'PATCH', 'DELETE'];

describe('a connection that Glance resets after it has the request', () => {
  const place = useFakeGlance();
  const writing = () => place.glance.seen.filter((each) => writes.includes(each.method));

  for (const name of operationNames) {
    it(`v1 ${name}: 503, and nothing that writes is sent twice`, async () => {
      place.glance.on('*', /^\/v2/, reset);
      const got = await place.ask(...requestOf(name));
      expect(got.status).toBe(503);
      expect(got.headers.get('retry-after')).toBe('5');
      expect(writing().length).toBeLessThanOrEqual(1);
      expect(place.glance.seen.length).toBeLessThanOrEqual(4);
    });
  }

  const v2: [string, string, string | undefined][] = [
    ['POST', '/v2/images', '{}'],
    ['PATCH', image, '[]'],
    ['PUT', `${image}/file`, 'data'],
    ['PUT', `${image}/tags/a`, undefined],
    ['DELETE', image, undefined],
    ['POST', `${image}/actions/deactivate`, undefined],
  ];
  for (const [method, target, body] of v2) {
    it(`v2 ${method} ${target}: once`, async () => {
      // a kept connection first, so that its re-use is tried too
      await place.ask(target, { method, ...(body !== undefined && { body }) });
      place.glance.reset();
      place.glance.on('*', /^\/v2/, reset);
      const got = await place.ask(target, { method, ...(body !== undefined && { body }) });
      expect(got.status).toBe(503);
      expect(place.glance.seen).toHaveLength(1);
    });
  }

  // right: once a byte of the answer is there it is broken, 502; now it is asked for again, and 503
  it('a GET is not tried again once its answer has begun', async () => {
    place.glance.on(
      'GET',
      /^\/v2/,
      rawAnswer('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"images": ['),
    );
    const got = await place.ask('/v1/images');
    expect(place.glance.seen).toHaveLength(1);
    expect(got.status).toBe(502);
  });

  it('a GET is tried again once when no byte came', async () => {
    let first = true;
    place.glance.on('GET', /^\/v2\/images\?/, async ({ receive, socket, outgoing }) => {
      await receive();
      if (first) socket.resetAndDestroy();
      else outgoing.end('{"images":[]}');
      first = false;
    });
    expect((await place.ask('/v1/images')).status).toBe(200);
    expect(place.glance.seen).toHaveLength(2);
  });
});
