import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../faults/setting.ts';
import {
  answer,
  cannedImage,
  type FakeGlance,
  imageId,
  type Script,
  startFakeGlance,
} from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';

let glance: FakeGlance;
let gateway: TestGateway;

/** What Glance says depends on who asks: the image bears the caller's token as its name. */
const named =
  (document: (image: unknown) => unknown): Script =>
  (exchange) =>
    answer(
      200,
      document(cannedImage({ name: exchange.seen.headers['x-auth-token'] ?? 'nobody' })),
    )(exchange);

beforeAll(async () => {
  glance = await startFakeGlance();
  gateway = await startTestGateway({
    glanceUrl: glance.url,
    readCacheTime: 60_000,
    trustedProxies: '127.0.0.1',
  });
});
afterAll(async () => {
  await gateway.stop();
  await glance.stop();
});
let fresh = 0;
/** A token that nothing is kept under. */
let token: string;
beforeEach(() => {
  glance.reset();
  fresh += 1;
  token = `token-${fresh}`;
  glance.on(
    'GET',
    /^\/v2\/images(?:\?|$)/,
    named((image) => ({ images: [image] })),
  );
  glance.on(
    'GET',
    /^\/v2\/images\/[^/?]+$/,
    named((image) => image),
  );
});

const ask = (target: string, init: RequestInit & { as?: string } = {}): Promise<Response> =>
  fetch(gateway.url + target, {
    ...init,
    headers: { 'x-auth-token': init.as ?? token, ...(init.headers as Record<string, string>) },
  });
const textOf = async (target: string, init?: Parameters<typeof ask>[1]): Promise<string> =>
  (await ask(target, init)).text();
const asked = (): number => glance.seen.filter(({ method }) => method === 'GET').length;

const lists = ['/v1/images', '/v1/images/detail', '/v2.1/images', '/api/images', '/v2/images'];
const shows = [`/v2.1/images/${imageId}`, `/api/images/${imageId}`, `/v2/images/${imageId}`];

describe('a kept answer', () => {
  it.each([...lists, ...shows])('answers %s again without asking', async (target) => {
    const first = await textOf(target);
    expect(asked()).toBe(1);
    expect(await textOf(target)).toBe(first);
    expect(asked()).toBe(1);
    expect(first).toContain(token);
  });

  it.each([...lists, ...shows])('of %s is for its own token only', async (target) => {
    const first = await textOf(target);
    const other = await textOf(target, { as: `${token}-other` });
    expect(asked()).toBe(2);
    expect(first).toContain(token);
    expect(other).toContain(`${token}-other`);
    expect(await textOf(target, { as: token })).toBe(first);
  });

  it('is never for somebody without a token', async () => {
    await ask('/v2/images');
    expect(await textOf('/v2/images', { headers: { 'x-auth-token': '' } })).not.toContain(token);
    const bare = await fetch(`${gateway.url}/v2/images`);
    expect(await bare.text()).toContain('nobody');
  });

  it('is private to the client', async () => {
    for (const target of ['/v1/images', '/v2.1/images', '/v2/images']) {
      for (let i = 0; i < 2; i += 1) {
        expect((await ask(target)).headers.get('cache-control')).toBe('private');
      }
    }
  });

  it('is shown by each API in its own form, with the links of its own request', async () => {
    const target = `/v2.1/images/${imageId}`;
    const plain = await textOf(target);
    const proxied = await textOf(target, { headers: { 'x-forwarded-host': 'one.example' } });
    const secure = await textOf(target, {
      headers: { 'x-forwarded-host': 'one.example', 'x-forwarded-proto': 'https' },
    });
    expect(plain).toContain(`${gateway.url}/v2.1/images`);
    expect(proxied).toContain('http://one.example/v2.1/images');
    expect(secure).toContain('https://one.example/v2.1/images');
    const version = { 'openstack-api-version': 'compute 2.20' };
    const { headers } = await ask(target, { headers: version });
    expect(headers.get('openstack-api-version')).toBe('compute 2.20');
    const xml = await textOf(`/api/images/${imageId}`, { headers: { accept: 'application/xml' } });
    expect(xml).toContain('<image ');
    expect(asked()).toBe(1);
  });

  it('answers no other question', async () => {
    await ask('/v2/images?limit=1');
    await ask('/v2/images?limit=2');
    await ask('/v2/images?limit=1', { headers: { accept: 'application/xml' } });
    await ask('/v2/images?limit=1', { headers: { 'accept-language': 'de' } });
    expect(asked()).toBe(4);
  });

  it('bears the request id of the request, not of the one that was kept', async () => {
    glance.on('GET', /^\/v2\/images/, answer(200, {}, { 'X-Openstack-Request-Id': 'req-kept' }));
    await ask('/v2/images');
    const { headers } = await ask('/v2/images');
    expect(headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
  });

  it.each([404, 403, 500, 204])('is none with status %s', async (status) => {
    glance.on('GET', /^\/v2\/images/, answer(status));
    await ask('/v2/images');
    await ask('/v2/images');
    expect(asked()).toBe(2);
  });

  it('is none of image data, of parts, and of what is not v2', async () => {
    glance.on('GET', /./, answer(200, 'data'));
    const range = { headers: { range: 'bytes=0-1' } };
    for (let i = 0; i < 2; i += 1) {
      await textOf(`/v2/images/${imageId}/file`);
      await textOf('/v2/images', range);
      await textOf('/healthcheck');
    }
    expect(asked()).toBe(6);
  });
});

const nova = { 'content-type': 'application/json' };
const octets = { 'content-type': 'application/octet-stream' };
const writes: Readonly<Record<string, [method: string, target: string, init?: RequestInit]>> = {
  'a v1 create': ['POST', '/v1/images', { headers: { 'x-image-meta-name': 'n' } }],
  'a v1 update': ['PUT', `/v1/images/${imageId}`, { headers: { 'x-image-meta-name': 'n' } }],
  'a v1 delete': ['DELETE', `/v1/images/${imageId}`],
  'a v1 member': ['PUT', `/v1/images/${imageId}/members/m`],
  'a Nova delete': ['DELETE', `/v2.1/images/${imageId}`],
  'Nova metadata': [
    'PUT',
    `/v2.1/images/${imageId}/metadata/k`,
    { headers: nova, body: '{"meta":{"k":"v"}}' },
  ],
  'a Deltacloud delete': ['DELETE', `/api/images/${imageId}`],
  'a v2 patch': [
    'PATCH',
    `/v2/images/${imageId}`,
    { headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' }, body: '[]' },
  ],
  'a v2 upload': ['PUT', `/v2/images/${imageId}/file`, { headers: octets, body: 'data' }],
  'a v2 delete': ['DELETE', `/v2/images/${imageId}`],
  'a write that fails': ['DELETE', '/v2/images/none'],
};

describe('a write', () => {
  it.each(Object.entries(writes))('makes all be asked again: %s', async (_, write) => {
    const [method, target, init] = write;
    for (const change of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      glance.on(change, /./, answer(200, cannedImage()));
    }
    glance.on('DELETE', /none/, answer(404));
    await ask('/v2/images');
    await ask('/v2/images', { as: `${token}-other` });
    await textOf(target, { ...init, method, as: 'writer' });
    const before = asked();
    await ask('/v2/images');
    await ask('/v2/images', { as: `${token}-other` });
    expect(asked() - before).toBe(2);
  });

  it('is not undone by a read that began before it', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow: Script = async (exchange) => {
      await gate;
      return answer(200, { images: [cannedImage({ name: 'before' })] })(exchange);
    };
    glance.on('GET', /^\/v2\/images/, slow);
    glance.on('DELETE', /./, answer(204));
    const early = textOf('/v2/images');
    await until(() => asked() === 1);
    await ask(`/v2/images/${imageId}`, { method: 'DELETE' });
    glance.on('GET', /^\/v2\/images/, answer(200, { images: [cannedImage({ name: 'after' })] }));
    // neither joined to the one under way nor answered by it later
    expect(await textOf('/v2/images')).toContain('after');
    go();
    expect(await early).toContain('before');
    expect(await textOf('/v2/images')).toContain('after');
  });
});

describe('equal reads at the same time', () => {
  const held = () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const script: Script = async (exchange) => {
      await gate;
      return named((image) => ({ images: [image] }))(exchange);
    };
    glance.on('GET', /^\/v2\/images/, script);
    return () => go();
  };

  it('are asked once for a token, and once for each other', async () => {
    const go = held();
    const all = [token, token, token, `${token}-other`].map((as) => textOf('/v2/images', { as }));
    await until(() => asked() === 2);
    go();
    const texts = await Promise.all(all);
    expect(asked()).toBe(2);
    expect(texts.slice(0, 3).every((text) => text === texts[0])).toBe(true);
    expect(texts[3]).toContain(`${token}-other`);
  });

  it('go on when the client that was first leaves', async () => {
    const go = held();
    const leaving = new AbortController();
    const first = ask('/v2/images', { signal: leaving.signal }).catch(() => 'left');
    await until(() => asked() === 1);
    const second = textOf('/v2/images');
    leaving.abort();
    expect(await first).toBe('left');
    await new Promise((resolve) => setTimeout(resolve, 20));
    go();
    expect(await second).toContain(token);
    expect(asked()).toBe(1);
  });

  it('fail together, and the next one is asked again', async () => {
    glance.on('GET', /^\/v2\/images/, answer(500));
    await Promise.all([ask('/v2/images'), ask('/v2/images')]);
    glance.on('GET', /^\/v2\/images/, answer(200, { images: [] }));
    expect((await ask('/v2/images')).status).toBe(200);
  });
});

describe('without a time', () => {
  it('everything is asked each time, and nothing is said about caches', async () => {
    const plain = await startTestGateway({ glanceUrl: glance.url });
    const headers = { 'x-auth-token': token };
    for (let i = 0; i < 2; i += 1) {
      const response = await fetch(`${plain.url}/v1/images`, { headers });
      expect(response.headers.get('cache-control')).toBeNull();
    }
    await plain.stop();
    expect(asked()).toBe(2);
  });
});
