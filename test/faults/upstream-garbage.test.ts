import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  anImage,
  answer,
  cannedImage,
  imageId,
  rawAnswer,
  type Script,
} from '../fixtures/fake-glance.ts';
import { operationNames, requestOf, until, useFakeGlance } from './setting.ts';

const without = (name: string) => {
  const { [name]: _, ...rest } = cannedImage();
  return rest;
};
const json =
  (text: string): Script =>
  async ({ receive, outgoing }) => {
    await receive();
    outgoing.writeHead(200, { 'Content-Type': 'application/json' }).end(text);
  };
const deep = '['.repeat(100_000) + ']'.repeat(100_000);

/** Answers that are no image and no list of images. */
const unusable: Readonly<Record<string, Script>> = {
  'not HTTP': rawAnswer('SSH-2.0-OpenSSH_9.6\r\n'),
  'HTTP/0.9 text': rawAnswer('hello'),
  'a closed connection in the headers': rawAnswer('HTTP/1.1 200 OK\r\nContent-Le'),
  'two lengths': rawAnswer('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}'),
  HTML: async ({ receive, outgoing }) => {
    await receive();
    outgoing.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>login</html>');
  },
  nothing: json(''),
  'invalid JSON': json('{"images": [}'),
  'JSON nested too deep': json(deep),
  null: json('null'),
  'a number': json('17'),
  'a list': json('[]'),
  'no images': json('{}'),
  'images that is no list': json('{"images": {}}'),
  'an image that is a text': json('{"images": ["x"], "id": 1}'),
  'gzip that nobody asked for': async ({ receive, outgoing }) => {
    await receive();
    outgoing
      .writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
      .end(gzipSync('{"images":[]}'));
  },
};

describe('answers of Glance that cannot be used', () => {
  const place = useFakeGlance();
  const reading = operationNames.filter(
    (name) => !['remove', 'remove member', 'add member', 'replace members'].includes(name),
  );

  for (const [kind, script] of Object.entries(unusable)) {
    it(`${kind}: 502`, async () => {
      for (const name of reading) {
        place.glance.reset();
        place.glance.on('*', /^\/v2\/images(\?|$)|^\/v2\/images\/[^/?]+$|members$/, script);
        const got = await place.ask(...requestOf(name));
        const cut = /closed|HTTP\/0/.test(kind);
        // a connection that is lost before an answer counts as nobody there
        expect([name, got.status]).toEqual([name, cut ? expect.toBeOneOf([502, 503]) : 502]);
        expect(await got.text()).not.toMatch(/undefined|SyntaxError|SSH|login/);
      }
    });
  }

  const wrongFields: Record<string, Record<string, unknown>> = {
    'no id': without('id'),
    'no status': without('status'),
    'no created_at': without('created_at'),
    'an id that is a number': cannedImage({ id: 5 }),
    'a size that is a text': cannedImage({ size: '10' }),
    'a name that is a list': cannedImage({ name: [] }),
    'a flag that is a text': cannedImage({ protected: 'yes' }),
    'tags that are a text': cannedImage({ tags: 'a' }),
    'an empty id': cannedImage({ id: '' }),
  };
  for (const [kind, document] of Object.entries(wrongFields)) {
    it(`an image with ${kind}: 502`, async () => {
      place.glance.on('GET', anImage, answer(200, document));
      place.glance.on('GET', /images\?/, answer(200, { images: [cannedImage(), document] }));
      for (const name of ['list', 'detail', 'show', 'download', 'update']) {
        expect([name, (await place.ask(...requestOf(name))).status]).toEqual([name, 502]);
      }
    });
  }

  // right: a member that no path can name is an unusable answer, 502; now the path cannot be composed, 500
  it('a member id with half a surrogate pair: 502', async () => {
    place.glance.on('GET', /members$/, json('{"members":[{"member_id":"\\ud800","status":"x"}]}'));
    const body = '{"memberships":[]}';
    const got = await place.ask(`/v1/images/${imageId}/members`, { method: 'PUT', body });
    expect(got.status).toBe(502);
  });

  it('a list of more than 64 MiB: 502', async () => {
    place.glance.on('GET', /images\?/, async ({ outgoing }) => {
      outgoing.writeHead(200, { 'Content-Type': 'application/json' });
      const block = Buffer.alloc(1024 * 1024, ' ');
      for (let i = 0; i < 80 && !outgoing.destroyed; i += 1) {
        if (!outgoing.write(block))
          await until(() => !outgoing.writableNeedDrain || outgoing.destroyed);
      }
      outgoing.end('{"images":[]}');
    });
    expect((await place.ask('/v1/images')).status).toBe(502);
  });
});

describe('answers of Glance that are odd but good', () => {
  const place = useFakeGlance();

  it('shows unknown statuses, null names and additions without a word undefined', async () => {
    const odd = cannedImage({
      name: null,
      status: 'frobnicating',
      os_glance_new: 'x',
      new_list: [1, 2],
      new_object: { a: 1 },
      new_number: 5,
      new_text: 'kept',
      checksum: null,
      min_ram: null,
    });
    place.glance.on('GET', anImage, answer(200, odd));
    place.glance.on('GET', /images\?/, answer(200, { images: [odd], next: null, extra: {} }));
    const [image] = JSON.parse(await (await place.ask('/v1/images/detail')).text()).images;
    expect(image).toMatchObject({ name: null, status: 'frobnicating', checksum: null, min_ram: 0 });
    expect(image.properties).toEqual({ new_text: 'kept' });
    const head = await place.ask(`/v1/images/${imageId}`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    for (const [, value] of head.headers) expect(value).not.toMatch(/undefined|null|object/);
    expect(head.headers.has('x-image-meta-name')).toBe(false);
  });

  it('passes over interim answers', async () => {
    const interim = 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
    const text = '{"images":[]}';
    const final = `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
    place.glance.on('GET', /^\/v2/, rawAnswer(interim + final));
    for (const target of ['/v1/images', '/v2/images', `/v2/images/${imageId}/file`]) {
      const got = await place.ask(target);
      expect([target, got.status, await got.text()]).toEqual([target, 200, text]);
    }
  });

  it('takes 200 with a body where Glance usually says 204', async () => {
    place.glance.on('DELETE', /^/, answer(200, {}));
    place.glance.on('PUT', /file$/, answer(200, {}));
    expect((await place.ask(...requestOf('remove'))).status).toBe(200);
    expect((await place.ask(...requestOf('remove member'))).status).toBe(204);
    expect((await place.ask(...requestOf('create'))).status).toBe(201);
  });
});
