import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultImportFilter } from '../../src/core/import-filter.ts';
import { createNodeSource } from '../../src/platform/node/source.ts';
import { freshClient } from './client.ts';

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
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
  it.each([
    ['data', 'active'],
    ['moved', 'active'],
    ['cut', 'queued'],
  ])('serve web-download (%s)', async (path, status) => {
    const importFilter = { ...defaultImportFilter, hosts: ['127.0.0.1'], ports: [] };
    const openSource = createNodeSource(importFilter, {
      connect: 5_000,
      firstByte: 5_000,
      idle: 5_000,
    });
    const client = freshClient({ openSource, importFilter });
    const { id } = await client.rawImage();
    const json = { method: { name: 'web-download', uri: `http://127.0.0.1:${port}/${path}` } };
    expect((await client.ask('POST', `/v2/images/${id}/import`, { json })).status).toBe(202);
    const tasks = async () => (await client.ask('GET', `/v2/images/${id}/tasks`)).json.tasks;
    await expect.poll(async () => (await tasks())[0]?.['status']).toMatch(/success|failure/);
    expect((await client.show(id)).status).toBe(status);
  });
});
