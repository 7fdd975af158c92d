import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  anImage,
  answer,
  cannedImage,
  type FakeGlance,
  imageId,
  silence,
  startFakeGlance,
} from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { until } from './setting.ts';

const size = 100;
const list = 'GET /v1/images HTTP/1.1\r\nHost: a\r\n\r\n';
const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
};
const refused = (url: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    socket.once('connect', () => resolve(false));
    socket.once('error', () => resolve(true));
  });

describe('a gateway that is asked to stop', () => {
  let glance: FakeGlance;
  let gateway: TestGateway;
  let finish = (): void => undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= gateway.stop();
    return stopping;
  };
  beforeEach(async () => {
    stopping = undefined;
    glance = await startFakeGlance();
    gateway = await startTestGateway({ glanceUrl: glance.url, drainTimeout: 600 });
    glance.on('GET', anImage, answer(200, cannedImage({ size })));
    glance.on('GET', /file$/, ({ outgoing }) => {
      outgoing.writeHead(200, { 'Content-Length': String(size) }).write('x'.repeat(size / 2));
      finish = () => outgoing.end('y'.repeat(size / 2));
    });
  });
  afterEach(async () => {
    await glance.stop();
    await stop();
  });
  const download = async (target: string) => {
    const socket = new RawSocket(gateway.url);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n\r\n`);
    await until(() => socket.rest.includes('xxxx'));
    return socket;
  };

  for (const target of [`/v1/images/${imageId}`, `/v2/images/${imageId}/file`]) {
    it(`lets ${target} finish and refuses new connections`, async () => {
      const socket = await download(target);
      const stopped = stop();
      await until(() => refused(gateway.url), 1000);
      finish();
      const got = await socket.next();
      expect(got.complete).toBe(true);
      expect(got.body.toString()).toBe('x'.repeat(size / 2) + 'y'.repeat(size / 2));
      const begin = performance.now();
      await stopped;
      expect(performance.now() - begin).toBeLessThan(1000);
    });
  }

  it('ends what is left after the drain time', async () => {
    const socket = await download(`/v1/images/${imageId}`);
    await stop();
    const got = await socket.next();
    expect(got.complete).toBe(false);
  });

  it('lets a running upload finish', async () => {
    const socket = new RawSocket(gateway.url);
    socket.write(
      `PUT /v2/images/${imageId}/file HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234`,
    );
    await until(() => glance.calls('PUT').length === 1);
    const stopped = stop();
    socket.write('56789');
    expect((await socket.next()).status).toBe(204);
    expect(glance.calls('PUT')[0]?.text).toBe('0123456789');
    await stopped;
  });

  // right: pending calls end with the drain time; now stop waits for Glance's own limits, a minute and more
  it('does not wait longer than the drain time for a Glance that is silent', async () => {
    glance.on('GET', /images\?/, silence);
    new RawSocket(gateway.url).write(list);
    await until(() => glance.calls('GET').length === 1);
    const wait = new Promise((resolve) => setTimeout(resolve, 1400, 'late'));
    expect(await Promise.race([stop(), wait])).not.toBe('late');
  });

  // right: one more answer, then "Connection: close"; now the kept connection is destroyed with the request in it
  it('answers a request that was under way on a kept connection', async () => {
    const socket = new RawSocket(gateway.url).write(list);
    expect((await socket.next()).status).toBe(200);
    await socket.flushed(list);
    const stopped = stop();
    expect([200, 503]).toContain((await socket.next({ limit: 1000 })).status);
    await stopped;
  });
});

describe('readiness', () => {
  it('is true in front of a Glance and false while stopping', async () => {
    const glance = await startFakeGlance();
    const port = await freePort();
    const gateway = await startTestGateway({ glanceUrl: glance.url, adminPort: port });
    const admin = gateway.gateway.addresses.get('admin') ?? '';
    const ready = async () => (await fetch(`${admin}/readyz`)).status;
    await until(async () => (await ready()) === 200);
    expect((await fetch(`${admin}/healthz`)).status).toBe(200);
    const slow = new RawSocket(gateway.url);
    glance.on('GET', /images\?/, silence);
    slow.write(list);
    await until(() => glance.seen.length === 1);
    const kept = new RawSocket(admin);
    await kept.flushed('GET /readyz HTTP/1.1\r\nHost: a\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = gateway.stop();
    expect((await kept.write('\r\n').next()).status).toBe(503);
    slow.close();
    await glance.stop();
    await stopped;
  });

  it('admin endpoints do not exist on the public listener', async () => {
    const glance = await startFakeGlance();
    const gateway = await startTestGateway({ glanceUrl: glance.url });
    for (const path of ['/metrics', '/readyz', '/healthz', '/v1/metrics', '/v2/../metrics']) {
      const text = await (await fetch(gateway.url + path)).text();
      expect(text).not.toContain('polyglance_');
    }
    await gateway.stop();
    await glance.stop();
  });
});
