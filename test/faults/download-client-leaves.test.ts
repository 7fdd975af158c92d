import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId, sendBytes } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { until, useFakeGlance } from './setting.ts';

const size = 2_000_000_000;
const paths = [`/v1/images/${imageId}`, `/v2/images/${imageId}/file`];

describe('a client that leaves during a download', () => {
  const place = useFakeGlance();
  const data = () => place.glance.calls('GET', /\/file$/)[0];

  for (const target of paths) {
    for (const way of ['reset', 'close']) {
      it(`${target}, ${way}: Glance stops within a second`, async () => {
        place.glance.on('GET', /\/file$/, sendBytes(size));
        place.glance.on('GET', anImage, answer(200, cannedImage({ size })));
        const socket = new RawSocket(place.url);
        socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n\r\n`);
        await until(() => socket.rest.length > 1000);
        if (way === 'reset') socket.socket.resetAndDestroy();
        else socket.close();
        await until(() => data()?.broken === true, 1000);
        expect(data()?.sent).toBeLessThan(size / 10);
      });
    }

    it(`${target}: leaving before the first byte ends the request at Glance`, async () => {
      place.glance.on('GET', /\/file$/, () => undefined);
      const socket = new RawSocket(place.url);
      socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n\r\n`);
      await until(() => data() !== undefined);
      socket.close();
      await until(() => data()?.broken === true, 1000);
    });
  }

  it('data of an image that may not be downloaded is stopped at once', async () => {
    place.glance.on('GET', /\/file$/, sendBytes(size));
    place.glance.on('GET', anImage, answer(200, cannedImage({ status: 'deactivated' })));
    expect((await place.ask(`/v1/images/${imageId}`)).status).toBe(403);
    await until(() => data()?.broken === true, 1000);
    expect(data()?.sent).toBeLessThan(size / 10);
  });
});
