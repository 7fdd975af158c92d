import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId, startFakeGlance } from '../fixtures/fake-glance.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
import { until, useFakeGlance } from './setting.ts';

const formats = { 'x-image-meta-disk_format': 'raw', 'x-image-meta-container_format': 'bare' };
const allowed = { importAllowedHosts: ['127.0.0.1'], importAllowedPorts: [], idleTimeout: 500 };

/** A source of image data that misbehaves by its path. */
async function startSource(): Promise<{ url: string; open: () => number; server: Server }> {
  const running = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    running.add(response);
    response.once('close', () => running.delete(response));
    if (request.url === '/good') response.end('0123456789');
    else if (request.url === '/missing') response.writeHead(404).end();
    else if (request.url === '/loop') response.writeHead(302, { Location: '/loop' }).end();
    else {
      response.writeHead(200, { 'Content-Length': '100' }).write('01234');
      if (request.url === '/short') setTimeout(() => response.destroy(), 20);
      if (request.url === '/trickle') {
        const timer = setInterval(() => response.write('5'), 100);
        response.once('close', () => clearInterval(timer));
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, open: () => running.size, server };
}

describe('sources that fail while they are copied', () => {
  const place = useFakeGlance(allowed);
  let source: Awaited<ReturnType<typeof startSource>>;
  beforeAll(async () => {
    source = await startSource();
  });
  afterAll(() => {
    source.server.closeAllConnections();
    source.server.close();
  });
  const post = (header: string, path: string, signal?: AbortSignal) =>
    place.ask('/v1/images', {
      method: 'POST',
      headers: { ...formats, [header]: source.url + path },
      ...(signal && { signal }),
    });
  const uploads = () => place.glance.calls('PUT', /file$/);

  for (const path of ['/short', '/silent']) {
    it(`location${path}: an error, and the record is deleted once`, async () => {
      const got = await post('x-image-meta-location', path);
      expect(got.status).toBeGreaterThanOrEqual(400);
      expect(uploads().every((each) => !each.complete)).toBe(true);
      expect(place.glance.calls('DELETE')).toHaveLength(1);
    });

    it(`copy-from${path}: 201, later the record is deleted once`, async () => {
      expect((await post('x-glance-api-copy-from', path)).status).toBe(201);
      await until(() => place.glance.calls('DELETE').length === 1, 3000);
      expect(uploads().every((each) => !each.complete)).toBe(true);
    });
  }

  it('missing and endlessly redirecting ones make no record', async () => {
    expect((await post('x-glance-api-copy-from', '/missing')).status).toBe(404);
    expect((await post('x-glance-api-copy-from', '/loop')).status).toBe(400);
    expect(place.glance.seen).toEqual([]);
  });

  it('a client that leaves a location stops it; a copy goes on without its client', async () => {
    const leave = new AbortController();
    const asked = post('x-image-meta-location', '/trickle', leave.signal).catch(() => undefined);
    await until(() => uploads().length === 1);
    leave.abort();
    await asked;
    await until(() => place.glance.calls('DELETE').length === 1, 1000);
    await until(() => source.open() === 0, 1000);
    place.glance.reset();
    expect((await post('x-glance-api-copy-from', '/good')).status).toBe(201);
    await until(() => uploads()[0]?.complete === true);
    expect(uploads()[0]?.text).toBe('0123456789');
  });

  it('a queued image that is given a source is filled, and left queued when that fails', async () => {
    place.glance.on('GET', anImage, answer(200, cannedImage({ status: 'queued', size: null })));
    const put = (path: string) =>
      place.ask(`/v1/images/${imageId}`, {
        method: 'PUT',
        headers: { 'x-image-meta-location': source.url + path },
      });
    expect((await put('/short')).status).toBeGreaterThanOrEqual(400);
    expect(place.glance.calls('DELETE')).toEqual([]);
    expect((await put('/good')).status).toBe(200);
  });

  // right: a copy gets the drain time like any transfer; now the gateway stays until its source has ended
  it('a copy that does not end holds a stop up no longer than the drain time', async () => {
    const glance = await startFakeGlance();
    const gateway = await startTestGateway({
      ...allowed,
      glanceUrl: glance.url,
      drainTimeout: 300,
    });
    await fetch(`${gateway.url}/v1/images`, {
      method: 'POST',
      headers: { ...formats, 'x-glance-api-copy-from': `${source.url}/trickle` },
    });
    const late = new Promise((resolve) => setTimeout(resolve, 1500, 'late'));
    const stopped = gateway.stop();
    const first = await Promise.race([stopped, late]);
    source.server.closeAllConnections();
    await stopped;
    await glance.stop();
    expect(first).not.toBe('late');
  });
});
