import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
import { jsonOf, useFakeGlance } from './setting.ts';

describe('an update that Glance reports a conflict for', () => {
  const place = useFakeGlance();
  const update = (name: string) =>
    place.ask(`/v1/images/${imageId}`, { method: 'PUT', headers: { 'x-image-meta-name': name } });

  it('is made again from what the image is then, once', async () => {
    let asked = 0;
    place.glance.on('GET', anImage, async (exchange) => {
      asked += 1;
      await answer(200, cannedImage(asked === 1 ? { gone: 'v' } : {}))(exchange);
    });
    place.glance.on('PATCH', anImage, async (exchange) => {
      await answer(asked === 1 ? 409 : 200, cannedImage())(exchange);
    });
    expect((await update('new')).status).toBe(200);
    const patches = place.glance.calls('PATCH').map((each) => JSON.parse(each.text));
    expect(patches).toHaveLength(2);
    expect(patches[0]).toContainEqual({ op: 'remove', path: '/gone' });
    expect(patches[1]).toEqual([{ op: 'replace', path: '/name', value: 'new' }]);
  });

  it('is 409 when it stays one', async () => {
    place.glance.on('PATCH', anImage, answer(409, { message: 'busy' }));
    expect((await update('new')).status).toBe(409);
    expect(place.glance.calls('PATCH')).toHaveLength(2);
  });

  it('is judged anew: an image that has gone meanwhile is 404', async () => {
    place.glance.on('PATCH', anImage, async (exchange) => {
      place.glance.on('GET', anImage, answer(404));
      await answer(409)(exchange);
    });
    expect((await update('new')).status).toBe(404);
    expect(place.glance.calls('PATCH')).toHaveLength(1);
  });
});

describe('many writers of one image', () => {
  it('that replace all properties end with those of one of them, and no 5xx', async () => {
    const gateway = await startTestGateway();
    const ask = (target: string, init: RequestInit = {}) =>
      fetch(gateway.url + target, {
        ...init,
        headers: { 'x-auth-token': 'demo-token', ...(init.headers as Record<string, string>) },
      });
    const made = await ask('/v1/images', { method: 'POST' });
    const { id } = (await jsonOf<{ image: { id: string } }>(made)).image;
    const writers = Array.from({ length: 12 }, (_, i) =>
      ask(`/v1/images/${id}`, {
        method: 'PUT',
        headers: { [`x-image-meta-property-a${i}`]: 'v', [`x-image-meta-property-b${i}`]: 'v' },
      }),
    );
    for (const got of await Promise.all(writers)) expect(got.status).toBeOneOf([200, 409]);
    const last = await ask(`/v1/images/${id}`, {
      method: 'PUT',
      headers: { 'x-image-meta-property-only': 'v' },
    });
    const { image } = await jsonOf<{ image: { properties: Record<string, string> } }>(last);
    expect(image.properties).toEqual({ only: 'v' });
    await gateway.stop();
  });
});
