import { beforeAll, describe, expect, it } from 'vitest';
import { imageId } from '../fixtures/fake-glance.ts';
import { items, projects, useNova, useScripted } from './setting.ts';

const nova = useNova();
let id = '';
beforeAll(async () => {
  id = await nova.make({ kept: 'v' });
});

const root = (version: string) => (version === 'v2' ? `/v2/${projects.demo}` : '/v2.1');
const versions = ['v2.1', 'v2'];

const send = (version: string, line: string, text: string | undefined) => {
  const [method, rest = ''] = line.split(' ');
  return nova.ask(`${method} ${root(version)}/images/${id}/metadata${rest}`, {
    headers: { 'content-type': 'application/json' },
    ...(text !== undefined && { text }),
  });
};

const unchanged = async () =>
  expect((await nova.ask(`GET /v2.1/images/${id}/metadata`)).json).toEqual({
    metadata: { kept: 'v' },
  });

const wrongSets = [
  '',
  'null',
  '1',
  '"metadata"',
  'true',
  '[]',
  '[{"metadata": {}}]',
  '{}',
  '{"meta": {"a": "b"}}',
  '{"Metadata": {"a": "b"}}',
  '{"metadata": null}',
  '{"metadata": []}',
  '{"metadata": "a"}',
  '{"metadata": 1}',
  ...['1', 'null', 'true', '[]', '{}', '["b"]', '1.5'].map((v) => `{"metadata": {"a": ${v}}}`),
  '{"metadata": {"fine": "yes", "a": 1}}',
];
const wrongItems = [
  '',
  'null',
  '[]',
  '{}',
  '{"metadata": {"a": "b"}}',
  '{"meta": null}',
  '{"meta": []}',
  '{"meta": "a"}',
  '{"meta": {}}',
  '{"meta": {"a": "b", "c": "d"}}',
  ...['1', 'null', 'false', '[]', '{}'].map((value) => `{"meta": {"a": ${value}}}`),
];
const noJson = [
  '{',
  '{"metadata": ',
  'a=b',
  '<xml/>',
  "{'metadata': {}}",
  '{"metadata": {"a": "b"}} x',
];

describe.each(versions)('below /%s', (version) => {
  it.each(wrongSets)('the set %s is 400', async (text) => {
    for (const method of ['POST', 'PUT']) {
      const got = await send(version, method, text || undefined);
      expect([got.status, Object.keys(got.json)]).toEqual([400, ['badRequest']]);
    }
    await unchanged();
  });

  it.each(wrongItems)('the item %s is 400', async (text) => {
    const got = await send(version, 'PUT /a', text || undefined);
    expect([got.status, Object.keys(got.json)]).toEqual([400, ['badRequest']]);
    await unchanged();
  });

  it.each(noJson)('%s is no JSON', async (text) => {
    for (const line of ['POST', 'PUT', 'PUT /a']) {
      const got = await send(version, line, text);
      expect([got.status, got.json.badRequest.message]).toEqual([400, 'Malformed request body']);
    }
    await unchanged();
  });

  it('bytes that are not UTF-8 are 400', async () => {
    const text = Buffer.from('{"metadata": {"a": "\xff"}}', 'latin1');
    const got = await fetch(`${nova.url}${root(version)}/images/${id}/metadata`, {
      method: 'POST',
      headers: { 'x-auth-token': 'demo-token', 'content-type': 'application/json' },
      body: text,
    });
    expect(got.status).toBe(400);
  });

  it('an item whose key is not that of the path is 400', async () => {
    for (const [key, other] of [
      ['a', 'b'],
      ['a', 'A'],
      ['a', 'a '],
      ['a%20b', 'a_b'],
    ]) {
      const got = await send(
        version,
        `PUT /${key}`,
        JSON.stringify({ meta: { [other ?? '']: '' } }),
      );
      expect([got.status, got.json.badRequest.message]).toEqual([
        400,
        'Request body and URI mismatch',
      ]);
    }
  });

  const keys: [name: string, key: string, fits: boolean][] = [
    ['letters, digits and -_:. blank', 'aZ09-_:. x', true],
    ['255 characters', 'k'.repeat(255), true],
    ['256 characters', 'k'.repeat(256), false],
    ['none', '', false],
    ['a slash', 'a/b', false],
    ['a tilde', 'a~b', false],
    ['an umlaut', 'ü', false],
    ['a plus', 'a+b', false],
    ['a line break', 'a\nb', false],
    ['a tab', 'a\tb', false],
    ['a comma', 'a,b', false],
    ['braces', '{a}', false],
  ];

  it.each(keys)('a key of %s', async (_, key, fits) => {
    const image = await nova.make();
    const path = `${root(version)}/images/${image}/metadata`;
    const metadata = { [key]: 'v' };
    const merged = await nova.ask(`POST ${path}`, { json: { metadata } });
    expect(merged.status).toBe(fits ? 200 : 400);
    expect((await nova.ask(`PUT ${path}`, { json: { metadata } })).status).toBe(fits ? 200 : 400);
    const put = await nova.ask(`PUT ${path}/${encodeURIComponent(key) || 'k'}`, {
      json: { meta: metadata },
    });
    // a slash never reaches the endpoint
    expect(put.status).toBe(fits ? 200 : key.includes('/') ? 404 : 400);
    expect((await nova.ask(`GET ${path}`)).json.metadata).toEqual(fits ? metadata : {});
  });

  const values: [name: string, value: string, fits: boolean][] = [
    ['no characters', '', true],
    ['255 characters', 'v'.repeat(255), true],
    ['256 characters', 'v'.repeat(256), false],
    ['255 characters of two bytes', 'ü'.repeat(255), true],
    ['255 characters of three bytes', '→'.repeat(255), true],
    ['256 characters of two bytes', 'ü'.repeat(256), false],
    ['line breaks and quotes', 'a\n"b"\t\\', true],
  ];

  it.each(values)('a value of %s', async (_, value, fits) => {
    const image = await nova.make({ old: 'v' });
    const path = `${root(version)}/images/${image}/metadata`;
    const set = await nova.ask(`PUT ${path}`, { json: { metadata: { k: value } } });
    const put = await nova.ask(`PUT ${path}/k`, { json: { meta: { k: value } } });
    expect([set.status, put.status]).toEqual(fits ? [200, 200] : [400, 400]);
    expect((await nova.ask(`GET ${path}`)).json.metadata).toEqual(
      fits ? { k: value } : { old: 'v' },
    );
  });

  it('a value of 255 characters that take two UTF-16 units is not too long', async () => {
    const image = await nova.make();
    const put = (n: number) =>
      nova.ask(`PUT ${root(version)}/images/${image}/metadata/k`, {
        json: { meta: { k: '😀'.repeat(n) } },
      });
    // Glance takes none of them: whose word it is shows in the sentence
    expect((await put(256)).json.badRequest.message).toMatch(/at most 255 characters/);
    const got = await put(255);
    expect(got.text).not.toMatch(/at most 255 characters/);
    expect([200, 400]).toContain(got.status);
  });
});

describe('half of a character', () => {
  const scripted = useScripted();

  // right: 400, since no text in UTF-8 can hold it; now it goes on, and a Glance that fails over it is 503 here
  it('is refused here, not sent to Glance', async () => {
    const text = '{"metadata": {"k": "\\ud800"}}';
    const got = await scripted.ask(`POST /v2.1/images/${imageId}/metadata`, { text });
    expect([got.status, scripted.glance.seen]).toEqual([400, []]);
  });
});

describe('another member at the top of a body', () => {
  const bodies: [line: string, body: Record<string, unknown>, answer: unknown][] = [
    ['POST', { metadata: { a: 'b' }, x: 1 }, { metadata: { kept: 'v', a: 'b' } }],
    ['PUT', { x: {}, metadata: { kept: 'v' } }, { metadata: { kept: 'v' } }],
    ['PUT /kept', { meta: { kept: 'v' }, metadata: {} }, { meta: { kept: 'v' } }],
  ];

  it.each(bodies)('%s %j is 400 below /v2.1', async (line, body) => {
    const got = await send('v2.1', line, JSON.stringify(body));
    expect([got.status, Object.keys(got.json)]).toEqual([400, ['badRequest']]);
    await unchanged();
  });

  it.each(bodies)('%s %j is dropped below /v2', async (line, body, answer) => {
    const got = await send('v2', line, JSON.stringify(body));
    expect([got.status, got.json]).toEqual([200, answer]);
    await send('v2', 'PUT', '{"metadata": {"kept": "v"}}');
  });
});

describe('names of the language', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    'the key %s is a key like any other',
    async (key) => {
      const image = await nova.make();
      const path = `/v2.1/images/${image}/metadata`;
      expect((await nova.ask(`GET ${path}/${key}`)).status).toBe(404);
      expect((await nova.ask(`DELETE ${path}/${key}`)).status).toBe(404);
      const text = `{"metadata": {"${key}": "v"}}`;
      const merged = await nova.ask(`POST ${path}`, { text });
      expect([merged.status, merged.text]).toEqual([200, `{"metadata":{"${key}":"v"}}`]);
      const put = await nova.ask(`PUT ${path}/${key}`, { text: `{"meta": {"${key}": "w"}}` });
      expect([put.status, put.text]).toEqual([200, `{"meta":{"${key}":"w"}}`]);
      expect((await nova.ask(`GET ${path}/${key}`)).text).toBe(`{"meta":{"${key}":"w"}}`);
      const found = await nova.ask(`GET /v2.1/images?property-${key}=w`);
      expect(found.json.images.map((each) => each.id)).toEqual([image]);
      expect((await nova.ask(`DELETE ${path}/${key}`)).status).toBe(204);
      expect((await nova.ask(`GET ${path}`)).text).toBe('{"metadata":{}}');
    },
  );

  it('__proto__ at the top of a body is another member', async () => {
    const got = await send('v2.1', 'POST', '{"metadata": {}, "__proto__": {}}');
    expect(got.status).toBe(400);
  });
});

describe('the number of items', () => {
  const path = (image: string) => `/v2.1/images/${image}/metadata`;
  const exceeded = { forbidden: { code: 403, message: 'Image metadata limit exceeded' } };

  it('may be 128 after a merge, and no more', async () => {
    const image = await nova.make(items(120));
    const eight = await nova.ask(`POST ${path(image)}`, { json: { metadata: items(8, 'n') } });
    expect([eight.status, Object.keys(eight.json.metadata).length]).toEqual([200, 128]);
    const more = await nova.ask(`POST ${path(image)}`, { json: { metadata: { one: 'more' } } });
    expect([more.status, more.json]).toEqual([403, exceeded]);
    const put = await nova.ask(`PUT ${path(image)}/one`, { json: { meta: { one: 'more' } } });
    expect([put.status, put.json]).toEqual([403, exceeded]);
    const changed = await nova.ask(`PUT ${path(image)}/k0`, { json: { meta: { k0: 'new' } } });
    expect(changed.status).toBe(200);
    const again = await nova.ask(`POST ${path(image)}`, { json: { metadata: items(8, 'n') } });
    expect(again.status).toBe(200);
    expect((await nova.ask(`DELETE ${path(image)}/k1`)).status).toBe(204);
    const room = await nova.ask(`PUT ${path(image)}/one`, { json: { meta: { one: 'more' } } });
    expect(room.status).toBe(200);
  });

  it('of a replacement counts what was sent', async () => {
    const image = await nova.make(items(5));
    const over = await nova.ask(`PUT ${path(image)}`, { json: { metadata: items(129, 'n') } });
    expect([over.status, over.json]).toEqual([403, exceeded]);
    const most = await nova.ask(`PUT ${path(image)}`, { json: { metadata: items(128, 'n') } });
    expect(most.status).toBe(200);
    expect(Object.keys((await nova.ask(`GET ${path(image)}`)).json.metadata)).toHaveLength(128);
  });

  it('is not counted for an empty merge, and removing never is', async () => {
    const image = await nova.make(items(128));
    const empty = await nova.ask(`POST ${path(image)}`, { json: { metadata: {} } });
    expect([empty.status, Object.keys(empty.json.metadata).length]).toEqual([200, 128]);
    const all = await nova.ask(`PUT ${path(image)}`, { json: { metadata: {} } });
    expect([all.status, all.json]).toEqual([200, { metadata: {} }]);
    expect((await nova.ask(`GET ${path(image)}`)).json).toEqual({ metadata: {} });
  });
});
