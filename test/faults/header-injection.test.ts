import { describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId, sendBytes } from '../fixtures/fake-glance.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { useFakeGlance } from './setting.ts';

const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const image = `/v1/images/${imageId}`;

/** The kinds of body that an answer of v1 may have; Node writes the headers of each in its own way. */
const kinds = {
  HEAD: { method: 'HEAD', size: 10 },
  'streamed GET': { method: 'GET', size: 10 },
  'empty GET': { method: 'GET', size: 0 },
} as const;

describe('texts of an image as v1 headers', () => {
  const place = useFakeGlance();
  const read = async (kind: keyof typeof kinds, attributes: Record<string, unknown>) => {
    const { method, size } = kinds[kind];
    place.glance.on('GET', anImage, answer(200, cannedImage({ size, ...attributes })));
    place.glance.on('GET', /file$/, size === 0 ? answer(204) : sendBytes(size));
    const socket = new RawSocket(place.url);
    socket.write(`${method} ${image} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: t\r\n\r\n`);
    const got = await socket.next({ bare: method === 'HEAD' });
    expect(got.status).toBe(200);
    expect(socket.rest.length).toBe(0);
    // the connection is still in step
    socket.write('GET /versions HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await socket.next()).body.toString()).toContain('versions');
    socket.close();
    return got;
  };

  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    it(`${kind}: CR, LF and NUL never make a line`, async () => {
      const evil = 'a\r\nx-evil: 1\r\n\r\nHTTP/1.1 200 OK\n\0\u000b\u0085\u2028\x7fz';
      const got = await read(kind, { name: evil, checksum: evil, p: evil, owner: evil, q: 'kept' });
      const head = got.head.toString('latin1');
      expect(head).not.toMatch(/^x-evil/im);
      expect(head.slice(0, -4)).not.toMatch(/\r\n\r\n|[^\r]\n|\r[^\n]|\0/);
      expect(got.headers['x-image-meta-property-q']).toBe('kept');
      expect(got.headers['x-image-meta-name']).toMatch(/^a {2}x-evil: 1/);
    });

    it(`${kind}: UTF-8 is written as its bytes, once`, async () => {
      const text = 'naïve ☃ 日本 😀 é';
      const got = await read(kind, { name: text, prop: text });
      expect(got.headers['x-image-meta-name']).toBe(bytesOf(text));
      expect(got.headers['x-image-meta-property-prop']).toBe(bytesOf(text));
    });

    it(`${kind}: half of a surrogate pair does no harm`, async () => {
      const got = await read(kind, { name: 'a\ud800b', p: '\udfff' });
      expect(got.headers['x-image-meta-property-p']).toBeDefined();
    });

    it(`${kind}: names that are no tokens are left out, the others stay`, async () => {
      const odd = ['a b', 'a:b', 'é', 'a\r\nx: y', 'a\0', 'a/b', 'a(b)', '"', 'a=b', '', ' ', 'ａ'];
      const properties = Object.fromEntries(odd.map((name) => [name, 'v']));
      const got = await read(kind, { ...properties, [`l${'o'.repeat(300)}`]: 'v', last: 'kept' });
      expect(got.headers['x-image-meta-property-last']).toBe('kept');
      const names = Object.keys(got.headers).filter((name) => name.includes('property-'));
      for (const name of names) expect(name).toMatch(/^x-image-meta-property-[a-z_]*$/);
    });
  }

  it('error pages name nothing raw', async () => {
    place.glance.on('GET', /^\/v2/, answer(404, { message: 'a\r\nx-evil: 1\r\n\r\n<b>' }));
    const socket = new RawSocket(place.url);
    socket.write(
      `GET /v1/images/a%0d%0ax-evil:%201 HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n`,
    );
    const got = await socket.next();
    expect(got.status).toBe(404);
    expect(got.head.toString('latin1')).not.toMatch(/^x-evil/im);
    JSON.parse(got.body.toString());
  });

  it('JSON keeps every text as it is', async () => {
    const name = 'a\r\nx: 1\0 ☃';
    place.glance.on(
      'GET',
      /images\?/,
      answer(200, { images: [cannedImage({ name, 'a:b\n': name })] }),
    );
    const [shown] = JSON.parse(await (await place.ask('/v1/images/detail')).text()).images;
    expect(shown.name).toBe(name);
    expect(shown.properties).toEqual({ 'a:b\n': name });
  });
});

describe('texts of v1 headers on their way in', () => {
  const place = useFakeGlance();
  const reserve = async (lines: string | Buffer) => {
    const socket = new RawSocket(place.url);
    socket.write('POST /v1/images HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n').write(lines);
    const got = await socket.write('\r\n\r\n').next();
    return [got.status, JSON.parse(place.glance.calls('POST')[0]?.text || '{}')];
  };

  it('UTF-8 bytes are read as UTF-8', async () => {
    const [status, document] = await reserve(
      Buffer.from('x-image-meta-name: naïve ☃\r\nx-image-meta-property-p: 日本'),
    );
    expect(status).toBe(201);
    expect(document).toEqual({ name: 'naïve ☃', p: '日本' });
  });

  it('bytes that are no UTF-8 are 400', async () => {
    for (const bytes of ['\xff', '\xc3', '\xed\xa0\x80', '\xc0\xaf', '\xf5\x80\x80\x80']) {
      const [status] = await reserve(`x-image-meta-name: a${bytes}`);
      expect([bytes, status]).toEqual([bytes, 400]);
    }
    expect(place.glance.seen).toEqual([]);
  });
});
