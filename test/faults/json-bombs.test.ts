import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { imageId } from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

const deepList = '['.repeat(100_000) + ']'.repeat(100_000);
const deepMap = `${'{"memberships":'.repeat(60_000)}1${'}'.repeat(60_000)}`;
const malformed: Record<string, string> = {
  'deep lists': deepList,
  'deep maps': deepMap,
  'unclosed depth': '['.repeat(500_000),
  nonsense: '{"memberships": [',
  'a text': '"x"',
  null: 'null',
  'a number': '1e999999',
  'memberships as a map': '{"memberships":{"member_id":"m"}}',
  'null entries': '{"memberships":[null]}',
  'a number for an id': '{"memberships":[{"member_id":5}]}',
  'an id that is a list': '{"memberships":[{"member_id":["m"]}]}',
  'a byte order mark': '\ufeff{"memberships":',
};
const members = `/v1/images/${imageId}/members`;

describe('JSON bodies that are too much', () => {
  const place = useFakeGlance();

  for (const [name, body] of Object.entries(malformed)) {
    it(`${name}: 400 on the members routes`, async () => {
      const got = await place.ask(members, { method: 'PUT', body });
      expect(got.status).toBe(400);
      expect(await got.text()).toContain('400 Bad Request');
      if (/deep|nonsense|mark/.test(name)) {
        const one = await place.ask(`${members}/m`, { method: 'PUT', body });
        expect(one.status).toBeOneOf(name.startsWith('deep') ? [204, 400] : [400]);
      }
      expect(place.glance.calls('DELETE')).toEqual([]);
    });
  }

  it('bytes that are no UTF-8: 400', async () => {
    const body = Buffer.from('7b22ff223a317d', 'hex');
    expect((await place.ask(members, { method: 'PUT', body })).status).toBe(400);
  });

  it('more than 1 MiB by its length: 413, and the connection stays in order', async () => {
    const socket = new RawSocket(place.url);
    const size = 5_000_000;
    socket.write(`PUT ${members} HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    await socket.flushed(Buffer.alloc(size, '['));
    expect((await socket.next()).status).toBe(413);
    socket.write('GET /versions HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await socket.next()).status).toBe(200);
  });

  it('more than 1 MiB in chunks: 413 is heard', async () => {
    const socket = new RawSocket(place.url);
    socket.write(`PUT ${members} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    socket.socket.pause();
    const block = `10000\r\n${'['.repeat(65_536)}\r\n`;
    for (let i = 0; i < 60; i += 1) await socket.flushed(block);
    await socket.flushed('0\r\n\r\n');
    socket.socket.resume();
    expect((await socket.next({ limit: 2000 })).status).toBe(413);
  });

  // right: a client that leaves is no fault of the gateway; now it is logged as one, with a stack
  it('a client that leaves in the middle of a document is no error of ours', async () => {
    let written = '';
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    });
    const socket = new RawSocket(place.url);
    await socket.flushed(`PUT ${members} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{`);
    await place.ask('/versions');
    socket.close();
    await socket.closed;
    await new Promise((resolve) => setTimeout(resolve, 100));
    spy.mockRestore();
    expect(written).toBe('');
  });

  it('others are answered meanwhile', async () => {
    const busy = Array.from({ length: 8 }, () =>
      place.ask(members, { method: 'PUT', body: `${'['.repeat(500_000)}${']'.repeat(500_000)}` }),
    );
    const start = performance.now();
    expect((await place.ask('/v1/nowhere')).status).toBe(404);
    expect(performance.now() - start).toBeLessThan(1000);
    for (const got of await Promise.all(busy)) expect(got.status).toBe(400);
  });
});

describe('JSON bodies that are too much, with the embedded Image service', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());
  const post = (body: string) =>
    fetch(`${gateway.url}/v2/images`, {
      method: 'POST',
      body,
      headers: { 'x-auth-token': 'demo-token', 'content-type': 'application/json' },
    });

  for (const [name, body] of [
    ['deep lists', deepList],
    ['a deep property', `{"p":${deepList}}`],
    ['deep maps', deepMap],
    ['unclosed depth', '['.repeat(500_000)],
    ['a huge number', '{"min_ram": 1e999}'],
    ['a number beyond 64 bits', '{"min_ram": 99999999999999999999}'],
  ]) {
    it(`${name}: 400 or 413`, async () => {
      expect((await post(body ?? '')).status).toBeOneOf([400, 413]);
    });
  }

  it('very many keys: refused', async () => {
    const keys = Array.from({ length: 200_000 }, (_, i) => `"k${i}":"v"`);
    expect((await post(`{${keys.join(',')}}`)).status).toBeOneOf([400, 413]);
  });
});
