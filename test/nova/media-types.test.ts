import { beforeAll, describe, expect, it } from 'vitest';
import { metadataRules } from '../../mappings/nova.ts';
import { projects, useNova } from './setting.ts';

const nova = useNova();
let id = '';
let path = '';
beforeAll(async () => {
  id = await nova.make({ k: 'v' });
  path = `/v2.1/images/${id}/metadata`;
});

const vendor = 'application/vnd.openstack.compute+json';
const body = JSON.stringify({ metadata: { k: 'v' } });
const typeOf = (got: { headers: Headers }) => got.headers.get('content-type');

describe('the type of an answer', () => {
  it('is JSON without a charset on success', async () => {
    for (const line of ['GET /v2.1/images', `GET /v2.1/images/${id}`, `GET ${path}/k`]) {
      expect(typeOf(await nova.ask(line))).toBe('application/json');
    }
    expect(typeOf(await nova.ask(`POST ${path}`, { text: body }))).toBe('application/json');
  });

  it('is JSON with a charset on a fault', async () => {
    expect(typeOf(await nova.ask('GET /v2.1/images/x'))).toBe('application/json; charset=UTF-8');
    expect(typeOf(await nova.ask('GET /v2.1/images?limit=x'))).toBe(
      'application/json; charset=UTF-8',
    );
  });

  it("is Nova's own when that was asked for", async () => {
    for (const root of ['/v2.1', `/v2/${projects.demo}`]) {
      const got = await nova.ask(`GET ${root}/images/${id}`, { headers: { accept: vendor } });
      expect([got.status, typeOf(got)]).toEqual([200, vendor]);
      expect(got.json.image.id).toBe(id);
    }
  });

  it.each(['application/xml', 'text/html', '*/*', 'image/png', 'nonsense', ''])(
    'is JSON for Accept: %s',
    async (accept) => {
      const got = await nova.ask('GET /v2.1/images', { headers: { accept } });
      expect([got.status, typeOf(got)]).toEqual([200, 'application/json']);
      const fault = await nova.ask('GET /v2.1/images/x', { headers: { accept } });
      expect([fault.status, typeOf(fault)]).toEqual([404, 'application/json; charset=UTF-8']);
    },
  );
});

describe("Nova's own type", () => {
  const typeFor = async (path: string, accept: string) =>
    typeOf(await nova.ask(`GET ${path}`, { headers: { accept } }));

  // right: parameters and weights do not hide it; now only the bare type is seen
  it('may be asked for with parameters', async () => {
    expect(await typeFor('/v2.1/images', `${vendor};q=0.5`)).toBe(vendor);
    expect(await typeFor('/v2.1/images', `${vendor}; x=y`)).toBe(vendor);
  });

  it.each([
    [`${vendor}, application/json`, 'application/json'],
    [`${vendor}, */*`, vendor],
    [`*/*, ${vendor};q=0.5`, 'application/json'],
    [`application/json;q=0.2, ${vendor};q=0.5`, vendor],
    [`${vendor};q=0, application/json`, 'application/json'],
  ])('is weighed against plain JSON: %s', async (accept, type) => {
    expect(await typeFor('/v2.1/images', accept)).toBe(type);
  });

  // right: of version documents as well; now they are always application/json
  it('may be asked for of a version document', async () => {
    expect(await typeFor('/v2.1/', vendor)).toBe(vendor);
  });
});

describe('the type of a request', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    vendor,
    `${vendor};charset=UTF-8`,
    'text/plain',
    'text/plain; charset=utf-8',
  ])('%s is read as JSON', async (type) => {
    const got = await nova.ask(`POST ${path}`, { headers: { 'content-type': type }, text: body });
    expect([got.status, got.json]).toEqual([200, { metadata: { k: 'v' } }]);
  });

  it('none at all is read as JSON', async () => {
    const got = await nova.raw(`POST ${path}`, ['X-Auth-Token: demo-token'], body);
    expect([got.status, got.json]).toEqual([200, { metadata: { k: 'v' } }]);
  });

  it.each([
    'application/xml',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/vnd.openstack.compute+xml',
    'text/html',
    'nonsense',
  ])('%s is 415, on a GET as well', async (type) => {
    const headers = { 'content-type': type };
    for (const root of ['/v2.1', `/v2/${projects.demo}`]) {
      for (const got of [
        await nova.ask(`POST ${root}/images/${id}/metadata`, { headers, text: body }),
        await nova.ask(`GET ${root}/images`, { headers }),
        await nova.ask(`DELETE ${root}/images/${id}`, { headers }),
      ]) {
        expect(got.status).toBe(415);
        expect(got.json).toEqual({
          badMediaType: { code: 415, message: 'Unsupported Content-Type' },
        });
      }
    }
  });
});

describe('the size of a body', () => {
  /** A request of exactly so many bytes that is good but for its size. */
  const sized = (bytes: number) => body + ' '.repeat(bytes - body.length);

  it('may be as large as the limit', async () => {
    const text = sized(metadataRules.mostBytes);
    const got = await nova.ask(`POST ${path}`, { text });
    expect([text.length, got.status]).toEqual([114_688, 200]);
  });

  it('is 413 as text above it', async () => {
    for (const target of [path, `/v2/${projects.demo}/images/${id}/metadata`]) {
      const got = await nova.ask(`POST ${target}`, { text: sized(metadataRules.mostBytes + 1) });
      expect(got.status).toBe(413);
      expect(typeOf(got)).toMatch(/^text\/plain/);
      expect(got.headers.get('x-compute-request-id')).toMatch(/^req-/);
      expect(got.headers.get('x-openstack-nova-api-version')).toBeNull();
    }
  });

  // right: a length that is announced is judged before token and version; now after them
  it('is told before anything else that is wrong', async () => {
    const text = sized(metadataRules.mostBytes + 1);
    const headers = { 'x-openstack-nova-api-version': '2.999' };
    expect((await nova.ask(`POST ${path}`, { text, headers })).status).toBe(413);
    expect((await nova.ask(`POST ${path}`, { text, token: null })).status).toBe(413);
  });

  it('counts bytes that come in chunks', async () => {
    const piece = Buffer.alloc(16_384, 32);
    const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`;
    const head = ['X-Auth-Token: demo-token', 'Transfer-Encoding: chunked'];
    const { rawAsk } = await import('../fixtures/raw-socket.ts');
    const bytes = [`POST ${path} HTTP/1.1`, 'Host: localhost', ...head, '', ''].join('\r\n');
    const got = await rawAsk(nova.url, `${bytes}${chunk.repeat(8)}0\r\n\r\n`);
    expect(got.status).toBe(413);
    const small = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect((await rawAsk(nova.url, bytes + small)).status).toBe(200);
  });
});
