import { beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../mappings/deltacloud.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { basic, nobody, server, useDeltacloud } from './setting.ts';
import { parseXml } from './xml.ts';

const cloud = useDeltacloud({ listen: { deltacloud: 0 } });
const login = `Authorization: ${basic('demo+demo:secret')}`;
const json = 'Accept: application/json';
let image = '';
beforeAll(async () => {
  image = await cloud.make({ name: 'paths' });
});

/** Matrix parameters as clients write them, on every segment there is. */
const withMatrix = (): readonly (readonly [said: string, path: string, like: string])[] => [
  ['driver', '/api;driver=openstack/images', '/api/images'],
  ['provider', '/api;driver=openstack;provider=default/images', '/api/images'],
  ['another driver', '/api;driver=mock/images', '/api/images'],
  ['the entry point', '/api;driver=openstack', '/api'],
  ['the entry point with a slash', '/api;driver=openstack/', '/api/'],
  ['a collection', '/api/images;driver=openstack', '/api/images'],
  ['an id that is no filter', `/api/images;id=${nobody}`, '/api/images'],
  ['an owner that is no filter', '/api/images;owner_id=nobody', '/api/images'],
  ['an image', `/api/images/${image};anything=x`, `/api/images/${image}`],
  ['every segment', `/api;a=b/images;c=d/${image};e=f;g`, `/api/images/${image}`],
  ['empty ones', `/api;/images;;/${image};=`, `/api/images/${image}`],
  ['beside a query', '/api;driver=openstack/images?owner_id=nobody', '/api/images?owner_id=nobody'],
  ['behind a prefix', '/deltacloud/api;driver=openstack/images', '/deltacloud/api/images'],
];

describe('matrix parameters', () => {
  it('are taken off every segment', async () => {
    for (const [said, path, like] of withMatrix()) {
      const [got, plain] = await Promise.all(
        [path, like].map((target) => cloud.raw(`GET ${target}`, [login, json])),
      );
      expect([said, got?.status, got?.body.toString()]).toEqual([
        said,
        200,
        plain?.body.toString(),
      ]);
    }
  });

  it('do not hide that a path is unknown', async () => {
    for (const path of ['/api;a=b/nothing', '/api/images;a=b/', '/api/images/x;a/y']) {
      const got = await cloud.raw(`GET ${path}`, [login, json]);
      expect([path, got.status, got.headers['content-type']]).toEqual([path, 404, 'text/html']);
    }
  });

  it('are not in the address that an error tells', async () => {
    const got = await cloud.raw(`GET /api;driver=x/images/${nobody};a=b?format=xml&c=d`, [login]);
    expect(parseXml(got.body.toString()).attributes['url']).toBe(`/api/images/${nobody}`);
  });

  it('let a DELETE through', async () => {
    const id = await cloud.make();
    expect((await cloud.ask(`DELETE /api;driver=openstack/images/${id};a=b`)).status).toBe(204);
    expect(await cloud.ids(`?id=${id}`)).toEqual([]);
  });

  it('open no way around the guard', async () => {
    for (const path of ['/api;/..;/v2/images', '/api/images/..;/..;a', '/api;a/..%2fv2/images']) {
      const got = await cloud.raw(`GET ${path}`, [login, json]);
      expect([path, got.status]).toEqual([path, 404]);
    }
  });
});

describe('an unknown path or verb', () => {
  it.each([
    'GET /api/images/',
    'GET /api//images',
    'GET /api/images/a/b',
    'GET /api/images.xml',
    'GET /api/Images',
    'GET /api/nothing',
    'GET /api/images//',
    'PUT /api/images',
    'PATCH /api/images',
    'DELETE /api/images',
    `PUT /api/images/${nobody}`,
    `PATCH /api/images/${nobody}`,
    `POST /api/images/${nobody}`,
    'PROPFIND /api/images',
    'OPTIONS /api/images/unknown',
    `OPTIONS /api/images/${nobody}`,
    'OPTIONS /api/images/',
  ])('%s is 404 with a small page', async (line) => {
    const got = await cloud.raw(line, [login, 'Accept: application/xml']);
    expect([got.status, got.headers['content-type']]).toEqual([404, 'text/html']);
    expect(got.body.length).toBeLessThan(1000);
    expect(got.body.toString()).not.toContain('<error');
    expect(got.headers['x-content-type-options']).toBe('nosniff');
  });

  it('tells nothing of the path in it', async () => {
    const got = await cloud.raw('GET /api/%3Cscript%3Ealert(1)%3C/script%3E', [login]);
    expect(got.body.toString()).not.toContain('script');
  });

  // the original's router knows no such path; here the guard answers first, with a document
  it('an id with %2F is 404 with a small page', async () => {
    const got = await cloud.raw('GET /api/images/a%2Fb', [login, 'Accept: application/xml']);
    expect([got.status, got.headers['content-type']]).toEqual([404, 'text/html']);
  });

  it.each(['X-HTTP-Method-Override: DELETE', 'X-Method-Override: DELETE'])(
    '%s is not honoured',
    async (header) => {
      const id = await cloud.make();
      const got = await cloud.raw(`POST /api/images/${id}`, [login, header, 'Content-Length: 0']);
      expect(got.status).toBe(404);
      expect((await cloud.raw(`GET /api/images/${id}?_method=delete`, [login])).status).toBe(200);
      expect(await cloud.ids(`?id=${id}`)).toEqual([id]);
    },
  );
});

describe('HEAD', () => {
  it.each([
    ['/api', [login]],
    ['/api/', [login]],
    ['/api/images', [login]],
    ['/api/images?owner_id=nobody', [login]],
    ['/api/images/IMAGE', [login]],
    [`/api/images/${nobody}`, [login]],
    ['/api/nothing', [login]],
    ['/api/images', []],
    ['/api/images/IMAGE', []],
    ['/api', []],
    ['/api?format=png', [login]],
  ] as const)('of %s with %j has the headers of its GET and no body', async (path, headers) => {
    const target = path.replace('IMAGE', image);
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => cloud.raw(`${method} ${target}`, headers)),
    );
    expect(head?.status).toBe(get?.status);
    for (const name of ['content-type', 'etag', 'server', 'x-deltacloud-driver']) {
      expect([name, head?.headers[name]]).toEqual([name, get?.headers[name]]);
    }
    expect(head?.headers['www-authenticate']).toBe(get?.headers['www-authenticate']);
  });

  // the writer leaves the length out for every HEAD whose reply does not say one itself
  it.each(['/api', '/api/images', `/api/images/${nobody}`])(
    'of %s tells the length that its GET has',
    async (path) => {
      const get = await cloud.raw(`GET ${path}`, [login]);
      const head = await cloud.raw(`HEAD ${path}`, [login]);
      expect(head.headers['content-length']).toBe(String(get.body.length));
    },
  );
});

describe('OPTIONS', () => {
  it.each(['/api/images', '/api/images;a=b', '/api/images?format=png'])(
    'of %s tells the verbs to anybody',
    async (path) => {
      const got = await cloud.raw(`OPTIONS ${path}`);
      expect([got.status, got.headers['allow'], got.body.length]).toEqual([
        200,
        'OPTIONS,GET,POST,DELETE',
        0,
      ]);
    },
  );

  it.each(operations)('of $name tells its parameters', async ({ name, parameters }) => {
    const got = await cloud.raw(`OPTIONS /api/images/${name}`);
    expect([got.status, got.headers['allow'], got.body.length]).toEqual([
      200,
      parameters.join(','),
      0,
    ]);
  });
});

describe.each([
  ['the prefix', () => `${cloud.url}/deltacloud`, () => `${cloud.url}/deltacloud`],
  ['the listener', () => cloud.gateway.gateway.addresses.get('deltacloud') ?? '', undefined],
  [
    'the prefix on the listener',
    () => `${cloud.gateway.gateway.addresses.get('deltacloud')}/deltacloud`,
    undefined,
  ],
] as const)('under %s', (_, at, linkBase) => {
  const base = () => (linkBase ?? at)();
  const ask = (line: string, init: RequestInit = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const headers = { authorization: basic('demo+demo:secret'), accept: 'application/xml' };
    return fetch(at() + path, { method, redirect: 'manual', headers, ...init });
  };

  it('the entry point leads on', async () => {
    const entry = parseXml(await (await ask('GET /api')).text());
    const href = entry.children[0]?.attributes['href'] ?? '';
    expect(href).toBe(`${base()}/api/images`);
    const headers = { authorization: basic('demo+demo:secret'), accept: 'application/xml' };
    const list = parseXml(await (await fetch(href, { headers })).text());
    expect(list.name).toBe('images');
    for (const { attributes, children } of list.children) {
      expect(attributes['href']).toBe(`${base()}/api/images/${attributes['id']}`);
      const links = children.flatMap((each) => (each.name === 'actions' ? each.children : []));
      for (const link of links) expect(link.attributes['href']).toContain(`${base()}/api/`);
      expect((await fetch(attributes['href'] ?? '', { headers })).status).toBe(200);
    }
  });

  it('Location leads to what was made, and to the list', async () => {
    const made = await ask(`POST /api/images?instance_id=${server}&name=located`);
    const location = made.headers.get('location') ?? '';
    expect([made.status, location.startsWith(`${base()}/api/images/`)]).toEqual([201, true]);
    const id = location.split('/').at(-1);
    const gone = await ask(`DELETE /api/images/${id}?format=html`);
    expect([gone.status, gone.headers.get('location')]).toEqual([303, `${base()}/api/images`]);
  });

  it.each(['/v1/images', '/v2/images', '/', '/versions', '/images'])(
    '%s is nothing',
    async (path) => {
      const got = await ask(`GET ${path}`);
      expect([got.status, got.headers.get('x-deltacloud-driver')]).toEqual([404, 'openstack']);
      await got.text();
    },
  );
});

it('leaves the other dialects their paths', async () => {
  for (const path of ['/v1/images', '/v2/images', '/apis', '/api-ref', '/ap']) {
    const got = await cloud.raw(`GET ${path}`, [login]);
    expect([path, got.headers['x-deltacloud-driver']]).toEqual([path, undefined]);
  }
});

describe('the base of links', () => {
  it("is never the client's Host, unless that is believed", async () => {
    const lines = ['GET /api?format=json HTTP/1.1', 'Host: evil.example', 'Connection: close'];
    const got = await rawAsk(cloud.url, `${[...lines, login].join('\r\n')}\r\n\r\n`);
    expect(got.body.toString()).not.toContain('evil');
  });

  const named = useDeltacloud({ publicUrl: "https://cloud.example/a&b'/" });
  it('is the public URL, escaped', async () => {
    const id = await named.make();
    const { text } = await named.ask(`GET /deltacloud/api/images/${id}?format=xml`);
    const own = "https://cloud.example/a&b'/deltacloud/api";
    expect(parseXml(text).attributes['href']).toBe(`${own}/images/${id}`);
  });
});
