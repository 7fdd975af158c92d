import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { imageId, silence } from '../fixtures/fake-glance.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
import { operationNames, requestOf, until, useFakeGlance } from './setting.ts';

const firstByteTimeout = 300;

describe('nobody listens where Glance should be', () => {
  it('is 503 with Retry-After for every operation', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const gateway = await startTestGateway({ glanceUrl: `http://127.0.0.1:${port}` });
    const v2: [string, RequestInit][] = [
      ['/v2/images', {}],
      ['/v2/images', { method: 'POST', body: '{}' }],
      [`/v2/images/${imageId}/file`, {}],
      [`/v2/images/${imageId}/file`, { method: 'PUT', body: 'data' }],
      ['/versions', {}],
    ];
    for (const [target, init] of [...operationNames.map(requestOf), ...v2]) {
      const got = await fetch(gateway.url + target, init);
      expect([target, init.method, got.status]).toEqual([target, init.method, 503]);
      expect(got.headers.get('retry-after')).toBe('5');
      const text = await got.text();
      expect(text).not.toContain(String(port));
    }
    await gateway.stop();
  });

  it('is 503 for a name that does not resolve', async () => {
    const gateway = await startTestGateway({ glanceUrl: 'http://glance.invalid:9292' });
    const got = await fetch(`${gateway.url}/v1/images`);
    expect(got.status).toBe(503);
    expect(await got.text()).not.toContain('invalid');
    await gateway.stop();
  });
});

describe('Glance takes a request and never answers', () => {
  const place = useFakeGlance({ firstByteTimeout });

  it('is 504 for every operation that only waits, v1 and v2', async () => {
    place.glance.on('*', /^\/v2/, silence);
    const v2: [string, RequestInit][] = [
      ['/v2/images', {}],
      [`/v2/images/${imageId}`, { method: 'DELETE' }],
      [`/v2/images/${imageId}/file`, {}],
    ];
    const v1 = operationNames.filter((name) => name !== 'create').map(requestOf);
    await Promise.all(
      [...v1, ...v2].map(async ([target, init]) => {
        const got = await place.ask(target, init);
        expect([target, init.method, got.status]).toEqual([target, init.method, 504]);
      }),
    );
  });

  const document = { body: '{}', headers: { 'content-type': 'application/json' } };

  it('is 504 for image documents of v2', async () => {
    place.glance.on('*', /^\/v2/, silence);
    for (const [method, target] of [
      ['POST', '/v2/images'],
      ['PATCH', `/v2/images/${imageId}`],
    ] as const) {
      const got = await place.ask(target, { method, ...document });
      expect([method, target, got.status]).toEqual([method, target, 504]);
    }
  });

  // right: only image data may make Glance silent for long; now other requests with a body wait for ever
  it('is 504 for other documents of v2', async () => {
    place.glance.on('*', /^\/v2/, silence);
    const signal = AbortSignal.timeout(1500);
    const target = `/v2/images/${imageId}/members`;
    const got = await place.ask(target, { method: 'POST', ...document, signal });
    expect(got.status).toBe(504);
  });

  it('lets Glance store for longer than that after the last byte of an upload', async () => {
    place.glance.on('PUT', /\/file$/, async ({ receive, outgoing }) => {
      await receive();
      setTimeout(() => outgoing.writeHead(204).end(), firstByteTimeout * 2.5);
    });
    const upload = { method: 'PUT', body: 'data' };
    expect((await place.ask(`/v2/images/${imageId}/file`, upload)).status).toBe(204);
    expect((await place.ask(...requestOf('create'))).status).toBe(201);
  });

  it('keeps no connection to Glance afterwards', async () => {
    place.glance.on('GET', /^\/v2/, silence);
    const before = place.glance.connections();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        place.ask(i % 2 ? `/v2/images/${imageId}/file` : `/v1/images/${imageId}`),
      ),
    );
    await until(() => place.glance.connections() <= before + 1);
  });
});

describe('Glance falls silent in the middle of a body', () => {
  const place = useFakeGlance({ idleTimeout: 300 });
  const half: Parameters<typeof place.glance.on>[2] = ({ outgoing }) => {
    outgoing.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': '10' });
    outgoing.write('01234');
  };

  for (const target of [`/v1/images/${imageId}`, `/v2/images/${imageId}/file`]) {
    it(`${target} breaks off`, async () => {
      place.glance.on('GET', /\/file$/, half);
      const got = await place.ask(target);
      await expect(got.arrayBuffer()).rejects.toThrow();
    });
  }

  it('a v1 list is 504', async () => {
    place.glance.on('GET', /^\/v2\/images\?/, half);
    expect((await place.ask('/v1/images')).status).toBe(504);
  });
});
