import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { until } from './setting.ts';

const token = 'demo-token';
const formats = { 'x-image-meta-disk_format': 'raw', 'x-image-meta-container_format': 'bare' };

/** A server on this machine that nobody is to reach; it counts who does. */
async function startListener(): Promise<{ port: number; hits: string[]; server: Server }> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    const { port } = server.address() as AddressInfo;
    if (request.url?.startsWith('/to-')) {
      const host = decodeURIComponent(request.url.slice('/to-'.length));
      response.writeHead(302, { Location: `http://${host}:${port}/secret` }).end();
    } else response.end('secret');
  });
  server.on('connection', () => hits.push('connection'));
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  return { port: (server.address() as AddressInfo).port, hits, server };
}

const loopbacks = [
  ...[
    '127.0.0.1',
    'localhost',
    'LOCALHOST',
    'localhost.',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
  ],
  ...[
    '0177.0.0.1',
    '0x7f.1',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ],
  ...[
    '[0:0:0:0:0:0:0:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '127.0.0.1.',
    '１２７.0.0.1',
    '127。0。0。1',
  ],
  ...[
    'user:pass@127.0.0.1',
    'example.com@127.0.0.1',
    '127.0.0.1%23@example.invalid',
    'example.invalid',
  ],
];
const schemes = [
  'file:///etc/passwd',
  'swift+config://a/b/c',
  'filesystem:///etc/passwd',
  'ftp://127.0.0.1/x',
];
const odd = [
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'http:',
  'http://',
  '//127.0.0.1/',
  'x',
  'unix:/tmp/s',
];
const metadata = [
  'http://169.254.169.254/latest',
  'http://[fe80::1]/',
  'http://10.0.0.1/',
  'http://[fd00::1]/',
];

for (const anyPort of [false, true]) {
  describe(`sources on this machine, ${anyPort ? 'any port allowed' : 'by default'}`, () => {
    let gateway: TestGateway;
    let listener: Awaited<ReturnType<typeof startListener>>;
    beforeAll(async () => {
      listener = await startListener();
      gateway = await startTestGateway({
        connectTimeout: 500,
        firstByteTimeout: 1000,
        ...(anyPort && { importAllowedPorts: [] }),
      });
    });
    afterAll(async () => {
      await gateway.stop();
      listener.server.closeAllConnections();
      listener.server.close();
    });
    const post = (headers: Record<string, string>) =>
      fetch(`${gateway.url}/v1/images`, {
        method: 'POST',
        headers: { 'x-auth-token': token, ...formats, ...headers },
      });

    for (const header of ['x-image-meta-location', 'x-glance-api-copy-from']) {
      it(`${header}: every one is refused with the same words and no connection`, async () => {
        const urls = [
          ...loopbacks.map((host) => `http://${host}:${listener.port}/x`),
          ...loopbacks.slice(0, 4).map((host) => `http://${host}/x`),
          ...[...schemes, ...odd, ...metadata],
        ];
        const words = new Set<string>();
        for (const url of urls) {
          const value = Buffer.from(url, 'utf8').toString('latin1');
          const got = await post({ [header]: value });
          expect([url, got.status]).toEqual([url, 400]);
          words.add(await got.text());
        }
        expect([...words]).toHaveLength(1);
        expect([...words][0]).not.toMatch(/127|pass|secret/);
        const list = await fetch(`${gateway.url}/v2/images`, {
          headers: { 'x-auth-token': token },
        });
        expect(await list.text()).toContain('"images":[]');
        expect(listener.hits).toEqual([]);
      });
    }

    it('web-download of v2 reaches none of them either', async () => {
      for (const host of loopbacks) {
        const json = { 'x-auth-token': token, 'content-type': 'application/json' };
        const made = await fetch(`${gateway.url}/v2/images`, {
          method: 'POST',
          headers: json,
          body: '{"disk_format":"raw","container_format":"bare"}',
        });
        const { id } = (await made.json()) as { id: string };
        const uri = `http://${host}:${listener.port}/x`;
        await fetch(`${gateway.url}/v2/images/${id}/import`, {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ method: { name: 'web-download', uri } }),
        });
        const settled = async () => {
          const got = await fetch(`${gateway.url}/v2/images/${id}`, { headers: json });
          return /"status": ?"(queued|active|killed)"/.test(await got.text());
        };
        await until(settled);
        await fetch(`${gateway.url}/v2/images/${id}`, { method: 'DELETE', headers: json });
      }
      expect(listener.hits).toEqual([]);
    });
  });
}

describe('redirects of an allowed source', () => {
  it('are not followed to where the source itself could not be', async () => {
    const listener = await startListener();
    const gateway = await startTestGateway({
      importAllowedHosts: ['127.0.0.1'],
      importAllowedPorts: [],
    });
    for (const host of ['localhost', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', 'u@localhost']) {
      const got = await fetch(`${gateway.url}/v1/images`, {
        method: 'POST',
        headers: {
          'x-auth-token': token,
          ...formats,
          'x-image-meta-location': `http://127.0.0.1:${listener.port}/to-${encodeURIComponent(host)}`,
        },
      });
      expect([host, got.status]).toEqual([host, 400]);
      expect(listener.hits).not.toContain('/secret');
    }
    await gateway.stop();
    listener.server.closeAllConnections();
    listener.server.close();
  });
});
