import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ProxyLimits,
  type ProxyOptions,
  type RunningProxy,
  startProxy,
} from '../../src/builder/machine/proxy.ts';
import { judgeSource, sourceFilter } from '../../src/builder/sources.ts';
import { publicLookup } from '../../src/platform/node/public-lookup.ts';
import { changingLookup, fetchThrough } from './through-proxy.ts';

const endless = 64 * 1024;
let mirror: Server;
let base: string;
let asked: string[] = [];

beforeAll(async () => {
  mirror = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-secret'] ?? ''}`.trim());
    if (request.url === '/pool/moved') {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    } else if (request.url === '/pool/cut') {
      response.writeHead(200, { 'content-length': '9' }).write('half', () => response.destroy());
    } else if (request.url === '/pool/long') response.end(Buffer.alloc(endless));
    else if (request.url === '/pool/gone') response.writeHead(404).end();
    else response.writeHead(200, { etag: '"1"', 'set-cookie': 'no' }).end('hello');
  });
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
});
afterAll(() => mirror.close());

let folder: string;
let proxy: RunningProxy | undefined;
let told: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  told = [];
  asked = [];
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  await rm(folder, { recursive: true });
});

const start = async (
  prefixes: readonly string[],
  limits: Partial<ProxyLimits> = {},
  options: Partial<ProxyOptions> = {},
) => {
  proxy = await startProxy({
    listen: { socket: join(folder, 'proxy') },
    filters: [sourceFilter(prefixes)],
    publicLookup,
    log: (what, url) => told.push(`${what}: ${url}`),
    limits,
    ...options,
  });
  return proxy;
};

/** Says something to the proxy and hears everything that it answers until the end. */
const say = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = createConnection(join(folder, 'proxy'), () => socket.write(text));
    socket.on('data', (chunk) => heard.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(heard).toString('latin1')));
  });

const get = (url: string, headers = ''): Promise<string> =>
  say(`GET ${url} HTTP/1.1\r\nhost: x\r\n${headers}connection: close\r\n\r\n`);

describe("a guest's proxy", () => {
  it('is met in its folder, however long the path of that is, until it closes', async () => {
    const long = join(folder, 'x'.repeat(200));
    await mkdir(long);
    const { address, close } = await start(
      [`${base}/pool`],
      {},
      { listen: { socket: join(long, 'proxy') } },
    );
    expect(address).toBe(join(long, 'proxy'));
    expect(await readdir(long)).toEqual(['proxy']);
    await symlink(address, join(folder, 'proxy'));
    expect(await get(`${base}/pool/a`)).toMatch(/^HTTP\/1\.1 200 /);
    await close();
    expect(await readdir(long)).toEqual([]);
  });

  it('fetches from an allowed mirror, with headers that mean something to both', async () => {
    await start([`${base}/pool`]);
    const answer = await get(`${base}/pool/a`, 'x-secret: s\r\nproxy-authorization: b\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('etag: "1"');
    expect(answer).not.toContain('set-cookie');
    expect(answer).toContain('hello');
    expect(asked).toEqual(['GET /pool/a']);
    expect(told).toEqual([]);
  });

  it('asks for headers alone when the guest does', async () => {
    await start([`${base}/pool`]);
    const answer = await say(
      `HEAD ${base}/pool/a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(asked).toEqual(['HEAD /pool/a']);
  });

  it('hands redirects to the guest, and judges what it asks for next', async () => {
    await start([`${base}/pool`]);
    expect(await get(`${base}/pool/moved`)).toContain('location: http://169.254.169.254/');
    expect(await get('http://169.254.169.254/')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await get(`${base.replace('://', '://%zz@')}/pool/there`)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('tells the operator what a mirror does not have, without the query and passwords', async () => {
    await start([`${base}/pool`]);
    expect(await get(`${base}/pool/gone`)).toMatch(/^HTTP\/1\.1 404 /);
    await get(`${base}/other?password=secret`);
    await get('http://user:secret@other.example/');
    await get('http://user:sec/ret@other.example/');
    await say('CONNECT user:secret@other.example:443 HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(told).toEqual([
      `answered 404: ${base}/pool/gone`,
      `refused GET: ${base}/other`,
      'refused GET: http://other.example/',
      'refused GET: no URL',
      'refused CONNECT: https://other.example/',
    ]);
  });

  it.each([
    ['another path', () => get(`${base}/other`)],
    ['a path that climbs out', () => get(`${base}/pool/../other`)],
    ['a path alone', () => get('/pool/a')],
    ['https to be opened by the proxy', () => get('https://127.0.0.1/pool')],
    ['a file', () => get('file:///etc/passwd')],
    ['an upload', () => say(`PUT ${base}/pool/a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)],
  ])('refuses %s', async (_what, ask) => {
    await start([`${base}/pool`]);
    expect(await ask()).toMatch(/^HTTP\/1\.1 403 /);
    expect(asked).toEqual([]);
  });

  it('serves a tool of this machine at a port of its loopback, until it is closed', async () => {
    const { address } = await start([`${base}/pool`], {}, { listen: 'loopback' });
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(await fetchThrough(address, `${base}/pool/a`)).toEqual({ status: 200, said: 'hello' });
    expect(await fetchThrough(address, `${base}/other`)).toMatchObject({ status: 403 });
    await proxy?.close();
    proxy = undefined;
    await expect(fetchThrough(address, `${base}/pool/a`)).rejects.toThrow();
  });

  it('does not follow a name that was public when it was judged to where it is not', async () => {
    const { lookup, left } = changingLookup('93.184.215.14', '127.0.0.1', 'unasked');
    const { port } = new URL(base);
    const filter = { ...sourceFilter([]), ports: [] };
    const url = `http://rebinding.example:${port}/pool/a`;
    await judgeSource(url, { filter, publicLookup: lookup });
    await start([], {}, { filters: [filter], publicLookup: lookup });
    expect(await get(url)).toMatch(/^HTTP\/1\.1 502 /);
    expect(left).toEqual(['unasked']);
    expect(asked).toEqual([]);
  });

  it('refuses what is not public where no mirror is named, whatever its name', async () => {
    await start([]);
    for (const url of ['http://127.0.0.1/', 'http://10.0.2.2/', 'http://[::1]/']) {
      expect(await get(url)).toMatch(/^HTTP\/1\.1 403 /);
    }
    expect(await get('http://localhost/')).toMatch(/^HTTP\/1\.1 502 /);
    expect(await say('CONNECT localhost:443 HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
  });

  it.each(['127.0.0.1:22', '127.0.0.1:80', '10.0.0.1:443', '127.0.0.1', '/etc', ''])(
    'refuses a tunnel to %j',
    async (target) => {
      await start([`${base}/pool`, 'https://127.0.0.2/']);
      const answer = await say(`CONNECT ${target} HTTP/1.1\r\nhost: x\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    },
  );

  // only root may listen where https is
  it.runIf(process.getuid?.() === 0)('tunnels to https at an allowed host', async () => {
    const far = createTcpServer((socket) => socket.on('data', (data) => socket.end(`got ${data}`)));
    await new Promise<void>((resolve) => far.listen(443, '127.77.0.1', resolve));
    await start(['https://127.77.0.1/os']);
    const answer = await say('CONNECT 127.77.0.1:443 HTTP/1.1\r\nhost: x\r\n\r\nhello');
    far.close();
    expect(answer).toBe('HTTP/1.1 200 Connection established\r\n\r\ngot hello');
  });

  it('tunnels to a port that is named with an allowed host, and to no other', async () => {
    const far = createTcpServer((socket) => socket.on('data', (data) => socket.end(`got ${data}`)));
    await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
    const { port } = far.address() as AddressInfo;
    await start([`https://127.0.0.1:${port}/os`]);
    const answer = await say(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nhost: x\r\n\r\nhello`);
    const other = await say('CONNECT 127.0.0.1:443 HTTP/1.1\r\nhost: x\r\n\r\n');
    far.close();
    expect(answer).toBe('HTTP/1.1 200 Connection established\r\n\r\ngot hello');
    expect(other).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('breaks off what the mirror breaks off', async () => {
    await start([`${base}/pool`]);
    expect(await get(`${base}/pool/cut`)).toMatch(/half$/);
  });

  it('ends when the guest has had its share', async () => {
    await start([`${base}/pool`], { bytes: endless / 2 });
    expect((await get(`${base}/pool/long`)).length).toBeLessThan(endless);
    expect(await get(`${base}/pool/a`)).not.toContain('hello');
  });

  it('leaves no connection when it is closed', async () => {
    await start([`${base}/pool`]);
    const idle = say('');
    await expect.poll(() => get(`${base}/pool/a`)).toContain('hello');
    await proxy?.close();
    proxy = undefined;
    expect(await idle).toBe('');
  });
});
