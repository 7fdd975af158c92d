import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, form, multipart, type Options, server, useDeltacloud } from './setting.ts';
import { child, parseXml } from './xml.ts';

const cloud = useDeltacloud();
const post = (target: string, options?: Options) => cloud.ask(`POST ${target}`, options);
const behind = async ({ headers }: Answer) => {
  const id = headers.get('location')?.split('/').at(-1);
  return (await cloud.glance(`GET /v2/images/${id}`)).json;
};
const chunked = (text: string, pieces = 7) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      const bytes = Buffer.from(text);
      const size = Math.max(1, Math.ceil(bytes.length / pieces));
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(Uint8Array.from(bytes.subarray(at, at + size)));
      }
      controller.close();
    },
  });
const postChunked = (type: string, text: string) =>
  fetch(`${cloud.url}/api/images`, {
    method: 'POST',
    headers: {
      authorization: 'Basic ZGVtbytkZW1vOnNlY3JldA==',
      accept: 'application/json',
      'content-type': type,
    },
    body: chunked(text),
    duplex: 'half',
  } as RequestInit);

const given = { instance_id: server, name: 'snap & <more> ü', description: 'dropped' };
const query = new URLSearchParams(given).toString();
const pieces = Object.entries(given);
const matrix = pieces.map(([name, value]) => `;${name}=${encodeURIComponent(value)}`).join('');

/** Everywhere a client may put the parameters. */
const ways: Readonly<Record<string, readonly [target: string, options?: Options]>> = {
  'a form': ['/api/images', form(given)],
  'a form with a charset': [
    '/api/images',
    { ...form(given), type: 'application/x-www-form-urlencoded; charset=UTF-8' },
  ],
  'a form, its type shouted': [
    '/api/images',
    { ...form(given), type: 'APPLICATION/X-WWW-FORM-URLENCODED' },
  ],
  parts: ['/api/images', multipart(pieces)],
  'parts with types': [
    '/api/images',
    multipart(pieces.map(([n, v]) => [n, v, '\r\nContent-Type: text/plain; charset=utf-8'])),
  ],
  'the query': [`/api/images?${query}`],
  'the query, beside an empty form': [
    `/api/images?${query}`,
    { type: 'application/x-www-form-urlencoded', body: '' },
  ],
  'matrix parameters': [`/api/images${matrix}`],
  'matrix parameters, the rest in a form': [
    `/api/images;instance_id=${server}`,
    form({ name: given.name, instance_id: server }),
  ],
  'the query, the rest in parts': [
    `/api/images?instance_id=${server}`,
    multipart([['name', given.name]]),
  ],
};

describe.each(Object.entries(ways))('an image made by %s', (_, [target, options]) => {
  it.each(['application/xml', 'application/json', 'text/html'])('is 201 as %s', async (accept) => {
    const made = await post(target, { ...options, accept });
    expect(made.status).toBe(201);
    expect(made.headers.get('content-type')).toBe(accept);
    expect(made.headers.get('etag')).toMatch(/^[0-9a-f]{32}$/);
    const image = await behind(made);
    expect(image).toMatchObject({
      name: given.name,
      image_type: 'snapshot',
      instance_uuid: server,
      status: 'queued',
      visibility: 'shared',
    });
    expect(image).not.toHaveProperty('description');
    const location = `${cloud.url}/api/images/${image['id']}`;
    expect(made.headers.get('location')).toBe(location);
    if (accept === 'application/json') {
      expect(made.json.image).toMatchObject({ href: location, state: 'SAVING', name: given.name });
      const shown = await cloud.ask(`GET /api/images/${image['id']}`);
      expect(shown.json).toEqual(made.json);
    }
    if (accept === 'application/xml') {
      const root = parseXml(made.text);
      expect([root.name, root.attributes['href']]).toEqual(['image', location]);
      expect(child(root, 'name').text).toBe(given.name);
      expect(child(root, 'state').text).toBe('SAVING');
    }
  });
});

describe('a create', () => {
  it('without a name makes one of the instance and the time', async () => {
    const made = await post('/api/images', form({ instance_id: 'my-server' }));
    expect(made.status).toBe(201);
    expect(made.json.image.name).toMatch(/^my-server_20\d{12}$/);
  });

  it('takes what comes last: matrix, query, body', async () => {
    const target = '/api/images;name=matrix;instance_id=a?name=query&instance_id=b';
    expect((await post(target)).json.image.name).toBe('query');
    const both = await post(target, form({ name: 'form' }));
    expect(both.json.image.name).toBe('form');
    expect(await behind(both)).toMatchObject({ instance_uuid: 'b' });
    const twice = await post('/api/images', {
      type: 'application/x-www-form-urlencoded',
      body: 'instance_id=a&instance_id=b&name=1&name=2',
    });
    expect(await behind(twice)).toMatchObject({ instance_uuid: 'b', name: '2' });
  });

  it('ignores what it does not know', async () => {
    const more = { hwp_id: '', commit: 'ok', visibility: 'public', owner: 'me', protected: 'true' };
    const made = await post('/api/images', form({ ...given, ...more }));
    expect(made.status).toBe(201);
    const image = await behind(made);
    expect(image).toMatchObject({ visibility: 'shared', protected: false });
    for (const name of ['hwp_id', 'commit']) expect(image).not.toHaveProperty(name);
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=b0undary'])(
    'reads %s in pieces of unknown number',
    async (type) => {
      const { body } = type.startsWith('multipart') ? multipart(pieces) : form(given);
      const made = await postChunked(type, body);
      expect(made.status).toBe(201);
      expect(((await made.json()) as { image: { name: string } }).image.name).toBe(given.name);
    },
  );

  it.each([
    ['nothing', {}, '[]'],
    ['a form without it', form({ name: 'x' }), '[name]'],
    ['an empty one', form({ instance_id: '', name: 'x' }), '[instance_id, name]'],
    ['one spelt otherwise', form({ Instance_id: 'x' }), '[Instance_id]'],
    ['JSON', { type: 'application/json', body: JSON.stringify(given) }, '[]'],
    ['text', { type: 'text/plain', body: query }, '[]'],
    ['bytes', { type: 'application/octet-stream', body: query }, '[]'],
    ['markup', form({ '<script>': 'x' }), '[&lt;script&gt;]'],
  ] as const)('with %s says in a plain sentence what is missing', async (_, options, names) => {
    const before = await cloud.ids();
    for (const accept of ['application/xml', 'application/json', 'text/html']) {
      const { status, headers, text } = await post('/api/images', { ...options, accept });
      const said = text.replaceAll('&#39;', "'");
      expect([status, said]).toEqual([
        400,
        `Required parameter 'instance_id' not found in ${names}`,
      ]);
      expect(headers.get('content-type')).toBe('text/html');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(await cloud.ids()).toEqual(before);
  });

  // clients show the sentence as it came; only the names in it are anybody's words
  it('says it without references in it', async () => {
    const { text } = await post('/api/images', form({ name: 'x' }));
    expect(text).toBe("Required parameter 'instance_id' not found in [name]");
  });

  it('wants credentials before it says anything of parameters', async () => {
    for (const login of [null, 'demo+demo:wrong']) {
      expect((await post('/api/images', { login })).status).toBe(401);
      expect((await post('/api/images', { login, ...form(given) })).status).toBe(401);
    }
  });

  it("tells Glance's reason when the name is too long", async () => {
    const made = await post('/api/images', form({ instance_id: server, name: 'x'.repeat(300) }));
    expect([made.status, made.json.error]).toEqual([
      400,
      'Deltacloud::Exceptions::ValidationFailure',
    ]);
    expect(made.json.message).not.toContain('<');
  });
});

const urlencoded = 'application/x-www-form-urlencoded';
const big = 'x'.repeat(64 * 1024);
const laughs = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>`;

/** Bodies of people who try what happens: `[what, options, status]`. */
const tricks: readonly (readonly [string, Options, number])[] = [
  ['too large a form', form({ instance_id: server, name: big }), 413],
  ['too large a part', multipart([['instance_id', big]]), 413],
  ['a form of thousands of fields', { type: urlencoded, body: 'a=1&'.repeat(5000) }, 400],
  [
    'hundreds of parts',
    multipart(Array.from({ length: 500 }, (_, i) => [`p${i}`, ''] as const)),
    400,
  ],
  ['XML', { type: 'application/xml', body: laughs }, 415],
  ['XML as text', { type: 'text/xml; charset=utf-8', body: laughs }, 415],
  ['XML of a kind', { type: 'application/soap+xml', body: laughs }, 415],
  ['parts without a boundary', { ...multipart(pieces), type: 'multipart/form-data' }, 400],
  [
    'parts of another boundary',
    { ...multipart(pieces), type: 'multipart/form-data; boundary=x' },
    400,
  ],
  [
    'parts that end early',
    { type: multipart([]).type, body: multipart(pieces).body.slice(0, -9) },
    400,
  ],
  ['parts without end', { type: multipart([]).type, body: '--b0undary\r\n' }, 400],
  [
    'a part without a name',
    { type: multipart([]).type, body: '--b0undary\r\n\r\nx\r\n--b0undary--\r\n' },
    400,
  ],
  ['mixed parts', { ...multipart(pieces), type: 'multipart/mixed; boundary=b0undary' }, 400],
  [
    'parts in a part',
    multipart([
      [
        'instance_id',
        multipart(pieces).body,
        '\r\nContent-Type: multipart/mixed; boundary=b0undary',
      ],
    ]),
    400,
  ],
  ['a file', multipart([['instance_id', server, '; filename="x"']]), 400],
  [
    'a form that is not UTF-8',
    { type: urlencoded, body: Uint8Array.of(0x61, 0x3d, 0xff, 0xfe) },
    400,
  ],
  ['NUL bytes', { type: urlencoded, body: Uint8Array.of(0, 0, 0) }, 400],
  ['a form of percent signs', { type: urlencoded, body: '%%%=%zz&%' }, 400],
  ['a form called something like it', { ...form(given), type: `${urlencoded}ish` }, 400],
  ['a type that is none', { body: query, type: ';;;' }, 400],
];

describe('a body', () => {
  it.each(tricks)('of %s is refused and makes nothing', async (_, options, status) => {
    const before = await cloud.ids();
    const got = await post('/api/images', options);
    expect(got.status).toBe(status);
    expect(got.text).not.toMatch(/undefined|\[object|at .*\.ts/);
    expect(await cloud.ids()).toEqual(before);
  });

  it.each(['application/xml', 'application/json'])(
    'that is too large without saying so is refused for %s',
    async (accept) => {
      const got = await postChunked(urlencoded, `instance_id=x&name=${big}`);
      expect(got.status).toBe(413);
      expect(await got.text()).toContain(accept === 'application/xml' ? '' : 'code');
    },
  );

  it.each(['iso-8859-1', 'utf-16', 'utf-7', 'nonsense', ''])(
    'in charset %j is read as UTF-8, as browsers send it',
    async (charset) => {
      const made = await post('/api/images', {
        type: `${urlencoded}; charset=${charset}`,
        body: `instance_id=${server}&name=%C3%BC`,
      });
      expect([made.status, made.json.image?.name]).toEqual([201, 'ü']);
    },
  );

  it('of anything is never a server error', async () => {
    const types = fc.constantFrom(
      urlencoded,
      'multipart/form-data; boundary=b',
      'multipart/form-data; boundary=""',
      'application/json',
      'text/xml',
    );
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            '--b',
            '--',
            '\r\n',
            'a=b',
            '&',
            '%',
            ';',
            'Content-Disposition: form-data; name="instance_id"',
            '"',
            ':',
          ),
          { maxLength: 20 },
        )
        .map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(types, wild, async (type, body) => {
        const got = await post('/api/images', { type, body });
        expect(got.status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });

  it('that is refused leaves the connection usable', async () => {
    for (let i = 0; i < 5; i += 1) {
      expect((await post('/api/images', form({ name: big }))).status).toBe(413);
      expect((await cloud.ask('GET /api')).status).toBe(200);
    }
  });
});

describe('a query', () => {
  it.each([
    `/api/images?${'a=b&'.repeat(5000)}instance_id=${server}&name=q`,
    `/api/images${';a=b'.repeat(5000)};instance_id=${server};name=q`,
  ])('of thousands of parameters is read', async (target) => {
    const made = await post(target);
    expect([made.status, made.json.image?.name]).toEqual([201, 'q']);
  });

  it.each(['instance_id=%', 'instance_id=%ff%fe', 'instance_id=%00', 'instance_id=%0d%0aX:y'])(
    'of %s is no server error',
    async (pair) => {
      for (const target of [`/api/images?${pair}`, `/api/images;${pair}`]) {
        const got = await cloud.raw(`POST ${target}`, [
          'Authorization: Basic ZGVtbytkZW1vOnNlY3JldA==',
          'Content-Length: 0',
        ]);
        expect(got.status).toBeLessThan(500);
        expect(got.head.toString()).not.toMatch(/^x:/im);
      }
    },
  );
});
