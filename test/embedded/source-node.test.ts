import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSource, resolveHost } from '../../src/embedded/source-node.ts';
import { bytesOf, freshClient } from './client.ts';

let server: Server;
let port: number;
const hosts: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    hosts.push(request.headers.host);
    if (request.url === '/moved') response.writeHead(302, { location: '/data' }).end();
    else if (request.url === '/cut')
      response.writeHead(200, { 'content-length': '9' }).write('half', () => response.destroy());
    else response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

describe('sources on Node', () => {
  it('are fetched from the address that was judged, whatever their name', async () => {
    const url = `http://pinned.invalid:${port}/data`;
    const answer = await fetchSource(url, new AbortController().signal, '127.0.0.1');
    expect(answer.status).toBe(200);
    expect(new TextDecoder().decode(await bytesOf(answer.body))).toBe('hello');
    expect(hosts.at(-1)).toBe(`pinned.invalid:${port}`);
  });

  it('are not followed elsewhere', async () => {
    const url = `http://127.0.0.1:${port}/moved`;
    const answer = await fetchSource(url, new AbortController().signal, '127.0.0.1');
    expect([answer.status, answer.headers['location']]).toEqual([302, '/data']);
    await answer.body?.[Symbol.asyncIterator]().return?.();
  });

  it.each([
    ['data', 'active'],
    ['moved', 'active'],
    ['cut', 'queued'],
  ])('serve web-download (%s)', async (path, status) => {
    const importHosts = { allowedHosts: ['127.0.0.1'], allowedPorts: [] };
    const client = freshClient({ fetchSource, resolveHost, importHosts });
    const { id } = await client.rawImage();
    const json = { method: { name: 'web-download', uri: `http://127.0.0.1:${port}/${path}` } };
    expect((await client.ask('POST', `/v2/images/${id}/import`, { json })).status).toBe(202);
    const tasks = async () => (await client.ask('GET', `/v2/images/${id}/tasks`)).json.tasks;
    await expect.poll(async () => (await tasks())[0]?.['status']).toMatch(/success|failure/);
    expect((await client.show(id)).status).toBe(status);
  });

  it('resolve names to all their addresses', async () => {
    expect(await resolveHost('localhost')).toContain('127.0.0.1');
    await expect(resolveHost('name.invalid')).rejects.toThrow();
  });
});
