import { describe, expect, it } from 'vitest';
import { freshClient, sentenceOf } from './client.ts';

describe('identity', () => {
  it.each([undefined, '', 'wrong', 'demo-token, demo-token'])(
    'refuses the token %j',
    async (token) => {
      const { glance } = freshClient();
      const headers = token === undefined ? {} : { 'x-auth-token': token };
      const answer = await glance.send({ method: 'GET', target: '/v2/images', headers });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Keystone uri="http/);
      expect(JSON.parse(new TextDecoder().decode(answer.body as Uint8Array))).toEqual({
        error: {
          code: 401,
          title: 'Unauthorized',
          message: 'The request you have made requires authentication.',
        },
      });
    },
  );

  it('tells who holds a token, and who a password belongs to', async () => {
    const { glance } = freshClient();
    expect(await glance.identify('demo-token')).toMatchObject({
      userName: 'demo',
      projectName: 'demo',
    });
    expect(await glance.identify('demo-token')).not.toHaveProperty('password');
    expect(await glance.identify('nope')).toBeUndefined();
    expect(glance.authenticate('alt', 'secret')?.token).toBe('alt-token');
    expect(glance.authenticate('alt', 'secret', 'alt_demo')?.token).toBe('alt-token');
    expect(glance.authenticate('alt', 'secret', 'demo')).toBeUndefined();
    expect(glance.authenticate('alt', 'wrong')).toBeUndefined();
  });
});

describe('versions', () => {
  it.each([
    ['/', 300],
    ['/versions', 200],
    ['/v3/images', 300],
    ['/nope', 300],
  ])('%s answers %i without a token', async (target, status) => {
    const reply = await freshClient().ask('GET', target, { token: '' });
    expect(reply.status).toBe(status);
    expect(reply.json['versions']).toHaveLength(12);
    expect(reply.text).toContain('{"id":"v2.16","status":"CURRENT"');
    expect(reply.text).toContain('http://glance.test/v2/');
  });
});

describe('errors', () => {
  it.each([
    [undefined, 'text/plain; charset=UTF-8', '404 Not Found\n\nNo image found with ID <x>\n\n   '],
    ['text/html', 'text/html; charset=UTF-8', '  No image found with ID &lt;x&gt;<br /><br />'],
    ['*/*', 'text/html; charset=UTF-8', '<h1>404 Not Found</h1>'],
    ['application/json', 'application/json', '{"message":"No image found with ID <x><br /><br />'],
    ['application/json, text/html;q=0.5', 'application/json', '"code":"404 Not Found"'],
    ['image/png', 'text/plain; charset=UTF-8', '404 Not Found'],
  ])('with Accept %j come as %s', async (accept, type, part) => {
    const headers = accept === undefined ? {} : { accept };
    const reply = await freshClient().ask('GET', '/v2/images/%3Cx%3E', { headers });
    expect(reply.headers['content-type']).toBe(type);
    if (accept !== undefined) expect(reply.text).toContain(part);
  });

  it.each([
    ['PUT', '/v2/images', 405, 'GET, POST'],
    ['HEAD', '/v2/images', 405, 'GET, POST'],
    ['POST', '/v2/images/x', 405, 'GET, PATCH, DELETE'],
    ['POST', '/v2/images/x/file', 405, 'GET, PUT'],
    ['POST', '/v2/images/x/tasks', 404, undefined],
    ['GET', '/v2/nope', 404, undefined],
    ['GET', '/v2/images/', 404, undefined],
    ['GET', '/v2/images/a%2Fb', 404, undefined],
    ['TRACE', '/v2/nope', 501, undefined],
  ])('%s %s answers %i', async (method, target, status, allow) => {
    const reply = await freshClient().ask(method, target);
    expect([reply.status, reply.headers['allow']]).toEqual([status, allow]);
  });

  it.each([
    ['{bad', 400, 'Malformed JSON in request body.'],
    ['"x"', 400, 'Unexpected body type. Expected list/dict.'],
    ['', 400, 'Body expected in request.'],
    ['\ufeff{}', 400, 'Malformed JSON in request body.'],
    ['['.repeat(100_000), 400, 'Malformed JSON in request body.'],
    [`{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400, 'Malformed JSON in request body.'],
  ])('come for the body %.12s', async (body, status, sentence) => {
    const reply = await freshClient().ask('POST', '/v2/images', { body });
    expect([reply.status, sentenceOf(reply)]).toEqual([status, sentence]);
  });

  it('come for a JSON body of more than a mebibyte', async () => {
    const body = JSON.stringify({ x: 'y'.repeat(1024 * 1024) });
    expect((await freshClient().ask('POST', '/v2/images', { body })).status).toBe(413);
  });

  it('come for a body where none is expected', async () => {
    const client = freshClient();
    const { id } = await client.image();
    const reply = await client.ask('GET', `/v2/images/${id}`, {
      body: 'x',
      headers: { 'content-length': '1' },
    });
    expect([reply.status, sentenceOf(reply)]).toEqual([
      400,
      'A body is not expected with this request.',
    ]);
  });
});

describe('request ids', () => {
  it('are made, or taken over with their prefix', async () => {
    const client = freshClient();
    const ask = async (headers: Record<string, string>) =>
      (await client.ask('GET', '/v2/images', { headers })).headers['x-openstack-request-id'];
    expect(await ask({})).toMatch(/^req-[0-9a-f-]{36}$/);
    expect(await ask({ 'x-openstack-request-id': 'abc' })).toBe('req-abc');
    expect(await ask({ 'x-openstack-request-id': 'req-abc' })).toBe('req-abc');
    expect(await ask({ 'x-openstack-request-id': 'x'.repeat(65) })).toMatch(/^req-[0-9a-f-]{36}$/);
  });
});

describe('discovery', () => {
  it('offers the schema documents', async () => {
    const client = freshClient();
    const image = await client.ask('GET', '/v2/schemas/image');
    expect(image.json.name).toBe('image');
    expect(Object.keys(image.json['properties'] as object)).toContain('kernel_id');
    for (const name of ['images', 'member', 'members', 'task', 'tasks', 'metadefs/namespace']) {
      expect((await client.ask('GET', `/v2/schemas/${name}`)).status).toBe(200);
    }
  });

  it('has one store', async () => {
    const client = freshClient();
    expect((await client.ask('GET', '/v2/info/import')).json).toEqual({
      'import-methods': {
        description: 'Import methods available.',
        type: 'array',
        value: ['glance-direct', 'web-download', 'copy-image'],
      },
    });
    const stores = await client.ask('GET', '/v2/info/stores');
    expect([stores.status, sentenceOf(stores)]).toEqual([
      404,
      'Multi backend is not supported at this site.',
    ]);
  });
});
