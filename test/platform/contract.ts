import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest } from '../behaviour/raw-request.ts';
import { freePort } from '../cli/program.ts';
import { until } from '../faults/setting.ts';
import { RawSocket, rawAsk } from '../fixtures/raw-socket.ts';
import { timeouts } from './timeouts.ts';

const cookies = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'];

/** A running probe. */
export interface Running {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

type Told = Readonly<Record<string, unknown>>;

/** A service that tells what it was asked, and misbehaves by its path; `open` are the requests that it has not done with. */
async function startService(): Promise<{ server: Server; url: string; open: Set<string> }> {
  const open = new Set<string>();
  const server = createServer(async (request, response) => {
    const name = request.url ?? '';
    open.add(name);
    response.once('close', () => open.delete(name));
    if (name === '/silent') return;
    if (name === '/slow') {
      response.writeHead(200).write('a');
      setTimeout(() => response.end('b'), 2 * timeouts.firstByte);
      return;
    }
    if (name === '/cut') {
      response.writeHead(200, { 'content-length': 4 }).write('a', () => response.destroy());
      return;
    }
    if (name === '/endless') {
      response.writeHead(200).write('a');
      return;
    }
    if (name === '/moved') {
      response.writeHead(302, { location: '/elsewhere' }).end();
      return;
    }
    if (name === '/missing') {
      response.writeHead(404).end();
      return;
    }
    if (name === '/data') {
      response.writeHead(200, { 'content-length': 4 }).end('data');
      return;
    }
    let text = '';
    try {
      for await (const chunk of request) text += chunk;
    } catch {
      return;
    }
    const { method, url, headers } = request;
    response.writeHead(207, { 'x-answer': 'yes', 'set-cookie': cookies });
    response.end(JSON.stringify({ method, url, headers, text }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, open };
}

/** What holds on every platform. */
export function platformContract(start: () => Promise<Running>): void {
  let running: Running;
  let service: Awaited<ReturnType<typeof startService>>;
  beforeAll(async () => {
    running = await start();
    service = await startService();
  });
  afterAll(async () => {
    await running.stop();
    service.server.closeAllConnections();
    service.server.close();
  });

  async function tell(
    path: string,
    asked: Partial<Parameters<typeof rawRequest>[1]> = {},
  ): Promise<Told> {
    const answer = await rawRequest(running.url, { method: 'GET', headers: {}, ...asked, path });
    return JSON.parse(new TextDecoder().decode(answer.body)) as Told;
  }
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const get = (path: string, lines = '') =>
    rawAsk(running.url, `GET ${path} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`);

  describe('a request', () => {
    it('has its target as it came, and its method', async () => {
      const path = '/request?a=%2F&b=%20+x&a';
      expect(await tell(path, { method: 'PUT' })).toMatchObject({ method: 'PUT', target: path });
    });

    it.each(['/a\\b', '/a#b', '//a//b', '/a/%2e%2E/b', '/a"<>`{}|^b', "/?a\\b'#c"])(
      'has its target as it came, odd as it is: %s',
      async (path) => {
        expect((await get(path)).body.toString()).toBe(path);
      },
    );

    it('has header values that are UTF-8, and lower-case names', async () => {
      const told = await tell('/request', { headers: { 'X-Text': 'größe €' } });
      expect(told).toMatchObject({ text: 'größe €', none: null });
      expect(told['all']).toHaveProperty('x-text');
    });

    it('tells a header value that is no UTF-8', async () => {
      const { body } = await get('/request', 'X-Text: Gr\xfc\r\n');
      expect(JSON.parse(body.toString())).toMatchObject({ text: null, malformed: false });
    });

    it('has header values without the blanks around them, and whatever else is in them', async () => {
      const { body } = await get('/request', 'X-Text:\t \xef\xbb\xbfa \t b \t \r\n');
      const { text, all } = JSON.parse(body.toString());
      expect(text).toBe('\ufeffa \t b');
      expect(all['x-text']).toMatch(/a \t b$/);
    });

    it.each([
      ['value', 'X-Text: a\x01b'],
      ['value', 'X-Text: a\x7fb'],
      ['name', 'X-Gr\xfc: a'],
      ['name', 'X-Gr\xc3\xbc: a'],
    ])(
      'with a %s of a header that cannot be is told, or refused by the runtime: %j',
      async (_, line) => {
        const { status, body } = await get('/request', `${line}\r\n`);
        expect(status === 400 || JSON.parse(body.toString())['malformed']).toBe(true);
      },
    );

    it('tells whether a header came twice', async () => {
      const one = await get('/request', 'X-Twice: a\r\n');
      const two = await get('/request', 'X-Twice: a\r\nX-Twice: b\r\n');
      const told = [one, two].map(({ body }) => JSON.parse(body.toString())['repeats']);
      expect(told).toEqual([false, true]);
    });

    it('comes from the address at the other end of the connection, whatever its headers say', async () => {
      const headers = { 'CF-Connecting-IP': '192.0.2.1', 'X-Forwarded-For': '192.0.2.2' };
      expect(await tell('/request', { headers })).toMatchObject({ peer: '127.0.0.1' });
    });

    it('tells whether it has a body, and its length where that is known', async () => {
      const facts = async (body?: Uint8Array | readonly Uint8Array[]) => {
        const { announced, length } = await tell('/request', { method: 'POST', body });
        return [announced, length];
      };
      expect(await facts()).toEqual([false, 0]);
      expect(await facts(utf8('12345'))).toEqual([true, 5]);
      expect(await facts([utf8('12'), utf8('345')])).toEqual([true, null]);
    });

    it('has a body that streams, and can be read whole up to a limit', async () => {
      const body = [utf8('grö'), utf8('ße')];
      const post = (path: string, sent: Uint8Array | readonly Uint8Array[] = body) =>
        tell(path, { method: 'POST', body: sent });
      expect(await post('/stream')).toEqual({ text: 'größe' });
      expect(await post('/text?limit=7')).toEqual({ text: 'größe' });
      expect(await post('/text?limit=6')).toEqual({ fault: 'too-large' });
      expect(await post('/text?limit=6', utf8('größe'))).toEqual({ fault: 'too-large' });
      expect(await post('/text?limit=6', new Uint8Array([255]))).toEqual({ fault: 'bad-request' });
      expect(await post('/bytes?limit=6', new Uint8Array([0, 255]))).toEqual({ bytes: [0, 255] });
      expect(await tell('/text?limit=6')).toEqual({ text: '' });
    });

    it('keeps work alive that goes on after the answer', async () => {
      await tell('/later');
      expect((await tell('/seen'))['later']).toBeUndefined();
      await until(async () => (await tell('/seen'))['later'] === true);
    });
  });

  describe('an answer', () => {
    const sent = async () => (await tell('/seen'))['sent'];
    const written = (name: string, method = 'GET') =>
      rawAsk(running.url, `${method} /written/${name} HTTP/1.1\r\nHost: a\r\n\r\n`, {
        bare: method === 'HEAD',
      });

    it('has header values and text as UTF-8, and the length', async () => {
      const { headers, body } = await written('text');
      expect(Buffer.from(headers['x-text'] ?? '', 'latin1').toString()).toBe('größe €');
      expect([body.toString(), headers['content-length']]).toEqual(['größe €', '11']);
    });

    it('has bytes as they are', async () => {
      const { status, body } = await written('bytes');
      expect([status, ...body]).toEqual([201, 0, 255, 128]);
      expect(await sent()).toEqual({ bytes: 3, complete: true });
    });

    it('streams with its length when that is known, else in chunks', async () => {
      const fixed = await written('fixed');
      expect([fixed.body.toString(), fixed.headers['content-length']]).toEqual(['abcde', '5']);
      expect(fixed.headers['transfer-encoding']).toBeUndefined();
      const open = await written('open');
      expect([open.body.toString(), open.headers['transfer-encoding']]).toEqual([
        'abcde',
        'chunked',
      ]);
    });

    it('that breaks off never looks finished', async () => {
      expect(await written('broken')).toMatchObject({ complete: false });
      await until(async () => JSON.stringify(await sent()).includes('"complete":false'));
    });

    it('to HEAD tells the length and has no body; 204 has neither', async () => {
      const head = await written('length', 'HEAD');
      expect([head.status, head.headers['content-length']]).toEqual([200, '1000000']);
      expect((await written('text', 'HEAD')).headers['content-length']).toBe('11');
      const { status, headers, body } = await written('bare');
      expect([status, headers['x-some'], body.length]).toEqual([204, 'thing', 0]);
    });

    it('has header lines that repeat', async () => {
      const head = (await written('twice')).head.toString('latin1');
      expect(head.match(/^x-a: .*$/gim)?.join(' ')).toMatch(/1.*2/);
    });

    it('has no line that a value has smuggled in', async () => {
      const head = (await written('torn')).head.toString('latin1');
      expect(head).not.toMatch(/^x-b/im);
      expect(head).toMatch(/^x-a: a /im);
    });
  });

  describe('a service', () => {
    const send = (target: string, asked = {}, to = service.url) =>
      tell(`/send?${new URLSearchParams({ to, target })}`, asked);
    const seenBy = (told: Told) => JSON.parse(String(told['text'])) as Record<string, unknown>;

    it('is asked as told, encoded bytes neither wanted nor named', async () => {
      const told = await send('/some/path?x=%2F');
      expect(told).toMatchObject({ status: 207, headers: { 'x-answer': 'yes' } });
      expect(seenBy(told)).toMatchObject({
        method: 'GET',
        url: '/some/path?x=%2F',
        headers: { 'x-token': 'token' },
      });
      const { 'accept-encoding': encoding = 'identity' } = seenBy(told)['headers'] as Record<
        string,
        string
      >;
      expect(encoding).toBe('identity');
    });

    it.each([{ streamed: '' }, {}])('may set several cookies (%j)', async (asked) => {
      const path = `/send?${new URLSearchParams({ to: service.url, target: '/', ...asked })}`;
      expect(await tell(path)).toMatchObject({ cookies });
    });

    it('is given a body with its length when that is known, else in chunks', async () => {
      const fixed = seenBy(await send('/', { method: 'PUT', body: utf8('12345') }));
      expect(fixed).toMatchObject({ text: '12345', headers: { 'content-length': '5' } });
      const open = seenBy(await send('/', { method: 'PUT', body: [utf8('12'), utf8('345')] }));
      expect(open).toMatchObject({ text: '12345', headers: { 'transfer-encoding': 'chunked' } });
    });

    it.each([
      ['image data', 'GET', '/endless', ''],
      ['an upload', 'PUT', '/upload', 'Transfer-Encoding: chunked\r\n\r\n2\r\nab'],
    ])('is left in %s as soon as the client leaves', async (_, method, target, more) => {
      const path = `/send?${new URLSearchParams({ to: service.url, target, streamed: '' })}`;
      const socket = new RawSocket(running.url);
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`);
      await until(() => service.open.has(target));
      // workerd does not listen for a mere farewell while it has nothing to write
      socket.socket.resetAndDestroy();
      await until(() => !service.open.has(target), 1_000);
    });

    it('that has begun to answer may take longer than it may be silent', async () => {
      expect(await send('/slow')).toMatchObject({ status: 200, text: 'ab' });
    });

    it('that breaks off, or falls silent in the middle, is a failure of its own kind', async () => {
      expect(await send('/cut')).toEqual({ failure: 'broken' });
      expect(await send('/endless')).toEqual({ failure: 'timeout' });
    });

    it('is asked also when a GET has a body', async () => {
      const told = await send('/', { body: utf8('{}') });
      expect(seenBy(told)).toMatchObject({ method: 'GET', url: '/' });
    });

    it('may redirect, which is an answer like others', async () => {
      expect(await send('/moved')).toMatchObject({
        status: 302,
        headers: { location: '/elsewhere' },
      });
    });

    it('that is not there, or silent for too long, is a failure of its own kind', async () => {
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      expect(await send('/', {}, nowhere)).toEqual({ failure: 'unreachable' });
      expect(await send('/silent')).toEqual({ failure: 'timeout' });
    });
  });

  describe('a source', () => {
    const open = (url: string) => tell(`/open?${new URLSearchParams({ url })}`);

    it('is read as it is, with its length', async () => {
      expect(await open(`${service.url}/data`)).toEqual({ length: 4, text: 'data' });
    });

    it('that is missing, forbidden or not there is refused', async () => {
      expect(await open(`${service.url}/missing`)).toEqual({ fault: 'not-found' });
      const others = [
        'http://other.example/',
        'file:///etc/passwd',
        `http://127.0.0.1:${await freePort()}/`,
      ];
      for (const url of others) expect(await open(url)).toEqual({ fault: 'bad-request' });
    });
  });
}
