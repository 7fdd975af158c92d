import { beforeAll, describe, expect, it } from 'vitest';
import { nobody, useDeltacloud } from './setting.ts';
import { parseXml } from './xml.ts';

const cloud = useDeltacloud();
let image = '';
beforeAll(async () => {
  image = await cloud.make({ name: 'formats' });
});

type Form = 'xml' | 'json' | 'html';
const types: Readonly<Record<Form, string>> = {
  xml: 'application/xml',
  json: 'application/json',
  html: 'text/html',
};
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8';

/** `[query, Accept, what comes]`; `null` for no header. */
const asked: readonly (readonly [string, string | null, Form | 406])[] = [
  ['', null, 'xml'],
  ['', '', 'xml'],
  ['', '  ', 'xml'],
  ['', 'application/xml', 'xml'],
  ['', 'text/xml', 'xml'],
  ['', 'application/json', 'json'],
  ['', 'text/html', 'html'],
  ['', 'application/xhtml+xml', 'html'],
  ['', '*/*', 'html'],
  ['', browser, 'html'],
  ['', '*/*; q=0.5, application/xml', 'xml'],
  ['', 'application/xml;q=1', 'xml'],
  ['', 'application/json;q=0.2, text/xml;q=0.3', 'xml'],
  ['', 'application/json;q=0.4,text/xml;q=0.3', 'json'],
  ['', 'image/png, application/json;q=0.1', 'json'],
  ['', 'APPLICATION/JSON', 'json'],
  ['', 'application/json; charset=utf-8', 'json'],
  ['', 'application/json;q=0, application/xml;q=0.1', 'xml'],
  ['', 'application/*', 406],
  ['', 'text/*', 406],
  ['', 'image/png', 406],
  ['', 'application/json;q=0', 406],
  ['', 'application/json;q=high', 406],
  ['', 'nonsense', 406],
  ['', ',,;;,', 406],
  ['', '__proto__', 406],
  ['', 'constructor', 406],
  ['?format=xml', 'application/json', 'xml'],
  ['?format=json', 'application/xml', 'json'],
  ['?format=html', 'application/xml', 'html'],
  ['?format=json', null, 'json'],
  ['?format=json', 'image/png', 'json'],
  ['?format=png', 'application/xml', 406],
  ['?format=gv', 'application/xml', 406],
  ['?format=yaml', 'application/xml', 406],
  ['?format=constructor', 'application/xml', 406],
  ['?format=', 'application/json', 'json'],
  ['?format=json&format=xml', null, 'json'],
  ['?a=b&format=json', null, 'json'],
  ['?format=%6Ason', null, 'json'],
];

const readable: Readonly<Record<Form, (text: string) => void>> = {
  xml: (text) => void parseXml(text),
  json: (text) => void JSON.parse(text),
  html: (text) => expect(text).toMatch(/^<!DOCTYPE html>\n<html>[\s\S]*<\/html>\n$/),
};

const paths = (): Readonly<Record<string, string>> => ({
  'the entry point': '/api',
  'the list': '/api/images',
  'an image': `/api/images/${image}`,
  'an error': `/api/images/${nobody}`,
});

describe.each(['the entry point', 'the list', 'an image', 'an error'])('%s', (what) => {
  const path = () => paths()[what] ?? '';
  const good = what === 'an error' ? 404 : 200;

  it.each(asked)('asked with %j and Accept %j comes as %s', async (query, accept, wanted) => {
    const lines = ['Authorization: Basic ZGVtbytkZW1vOnNlY3JldA=='];
    if (accept !== null) lines.push(`Accept: ${accept}`);
    const got = await cloud.raw(`GET ${path()}${query}`, lines);
    if (wanted === 406) {
      expect(got.status).toBe(406);
      expect(got.body).toHaveLength(0);
      return;
    }
    expect(got.status).toBe(good);
    expect(got.headers['content-type']).toBe(types[wanted]);
    readable[wanted](got.body.toString());
  });
});

describe('the format is decided first', () => {
  it.each(['GET /api', 'GET /api/images', `GET /api/images/${nobody}`, 'POST /api/images'])(
    '%s without credentials is 406 where nothing fits',
    async (line) => {
      const got = await cloud.ask(line, { login: null, accept: 'image/png' });
      expect([got.status, got.text]).toEqual([406, '']);
      expect(got.headers.get('www-authenticate')).toBeNull();
    },
  );

  it.each(['xml', 'json', 'html'] as const)('a 401 comes as %s', async (format) => {
    const got = await cloud.ask(`GET /api/images?format=${format}`, { login: null });
    expect(got.status).toBe(401);
    expect(got.headers.get('content-type')).toBe(types[format]);
    readable[format](got.text);
  });

  it('a create that cannot be answered makes nothing', async () => {
    const before = await cloud.ids();
    const got = await cloud.ask('POST /api/images?instance_id=i&name=unseen&format=png');
    expect(got.status).toBe(406);
    expect(await cloud.ids()).toEqual(before);
  });

  it('a delete that cannot be answered deletes nothing', async () => {
    const id = await cloud.make();
    expect((await cloud.ask(`DELETE /api/images/${id}?format=png`)).status).toBe(406);
    expect(await cloud.ids(`?id=${id}`)).toEqual([id]);
  });
});

describe('a suffix is no format', () => {
  it('of the collection', async () => {
    const got = await cloud.ask('GET /api/images.xml');
    expect(got.status).toBe(404);
    expect(got.headers.get('content-type')).toBe('text/html');
  });

  it('of an image', async () => {
    const got = await cloud.ask(`GET /api/images/${image}.xml`);
    expect(got.status).toBe(404);
    expect(got.json.code).toBe(404);
  });
});
