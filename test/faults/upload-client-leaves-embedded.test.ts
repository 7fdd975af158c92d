import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { jsonOf, until } from './setting.ts';

const size = 2_000_000;
const token = 'demo-token';
const dataLines =
  'Content-Type: application/octet-stream\r\nx-image-meta-disk_format: raw\r\nx-image-meta-container_format: bare\r\n';

describe('a client that leaves during an upload, with the embedded Image service', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  const images = async () => {
    const list = await fetch(`${gateway.url}/v2/images`, { headers: { 'x-auth-token': token } });
    return (await jsonOf<{ images: { id: string; name: string; status: string }[] }>(list)).images;
  };
  const begin = async (method: string, target: string, name: string, part: number) => {
    const socket = new RawSocket(gateway.url);
    await socket.flushed(
      `${method} ${target} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: ${token}\r\n${dataLines}x-image-meta-name: ${name}\r\nContent-Length: ${size}\r\n\r\n`,
    );
    if (part > 0) await socket.flushed(Buffer.alloc(size * part));
    return socket;
  };

  for (const part of [0, 0.5, 0.99]) {
    it(`POST cut at ${part * 100} % leaves no image`, async () => {
      const name = `cut-${part}`;
      const socket = await begin('POST', '/v1/images', name, part);
      await until(async () => (await images()).some((image) => image.name === name));
      socket.close();
      await until(async () => !(await images()).some((image) => image.name === name), 1000);
    });

    it(`PUT cut at ${part * 100} % leaves the image queued, and a second try works`, async () => {
      const name = `reserved-${part}`;
      const reserved = await fetch(`${gateway.url}/v1/images`, {
        method: 'POST',
        headers: { 'x-auth-token': token, 'x-image-meta-name': name },
      });
      const { id } = (await jsonOf<{ image: { id: string } }>(reserved)).image;
      const target = `/v1/images/${id}`;
      const status = async () => (await images()).find((image) => image.id === id)?.status;
      const socket = await begin('PUT', target, name, part);
      await until(async () => (await status()) === 'saving');
      socket.close();
      await until(async () => (await status()) === 'queued', 2000);
      const again = await begin('PUT', target, name, 1);
      expect((await again.next()).status).toBe(200);
      expect(await status()).toBe('active');
    });
  }
});
