import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  answer,
  cannedImage,
  type FakeGlance,
  imageId,
  rawAnswer,
  reset,
  silence,
  startFakeGlance,
} from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { type ScriptedKeystone, startScriptedKeystone } from '../fixtures/scripted-keystone.ts';
import { novaFault, type ScriptedNova, startScriptedNova } from '../fixtures/scripted-nova.ts';
import { askAt, form, nobody, server } from './setting.ts';
import { child, parseXml } from './xml.ts';

const login = 'demo+demo:right';
let glance: FakeGlance;
let keystone: ScriptedKeystone;
let nova: ScriptedNova;
let gateway: TestGateway;
beforeAll(async () => {
  [glance, keystone, nova] = await Promise.all([
    startFakeGlance(),
    startScriptedKeystone(),
    startScriptedNova(imageId),
  ]);
  nova.servers.set(server, { name: 'web & <co>' });
  gateway = await startTestGateway({
    glanceUrl: glance.url,
    keystoneUrl: `${keystone.url}/v3`,
    computeUrl: `${nova.url}/v2.1/`,
    firstByteTimeout: 400,
  });
});
afterEach(() => {
  glance.reset();
  nova.forget();
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([glance.stop(), keystone.stop(), nova.stop()]);
});

const create = (fields: Record<string, string>, accept = 'application/json') =>
  askAt(gateway.url, 'POST /api/images', { login, accept, ...form(fields) });

describe('a snapshot', () => {
  it('is what Nova makes, with the token that the password gave', async () => {
    glance.on('GET', /images/, answer(200, cannedImage({ name: 'snap', status: 'queued' })));
    const made = await create({ instance_id: server, name: 'snap', description: 'dropped' });
    expect([made.status, made.json.image.state]).toEqual([201, 'SAVING']);
    expect(made.headers.get('location')).toBe(`${gateway.url}/api/images/${imageId}`);
    expect(nova.calls('GET')).toHaveLength(0);
    const [action, ...more] = nova.calls('POST');
    expect(more).toEqual([]);
    expect(action?.target).toBe(`/v2.1/servers/${server}/action`);
    expect(JSON.parse(action?.text ?? '')).toEqual({ createImage: { name: 'snap' } });
    expect(action?.headers).toMatchObject({
      'x-auth-token': 'token-demo',
      'content-type': 'application/json',
    });
    expect(JSON.stringify(action?.headers)).not.toContain('right');
    expect(glance.seen.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET /v2/images/${imageId}`,
    ]);
  });

  it('comes as XML too', async () => {
    const made = await create({ instance_id: server, name: 'snap' }, 'application/xml');
    expect([made.status, parseXml(made.text).attributes['id']]).toEqual([201, imageId]);
  });

  it("is called by the server's name and the time when no name is given", async () => {
    expect((await create({ instance_id: server })).status).toBe(201);
    const [show] = nova.calls('GET');
    expect(show?.target).toBe(`/v2.1/servers/${server}`);
    expect(show?.headers['x-auth-token']).toBe('token-demo');
    const body = JSON.parse(nova.calls('POST')[0]?.text ?? '') as { createImage: { name: string } };
    expect(body.createImage.name).toMatch(/^web & <co>_20\d{12}$/);
  });

  it('is called by nothing when the name given is empty: Nova judges that', async () => {
    nova.action = novaFault(400, 'badRequest', 'Invalid input for field/attribute name. Value: .');
    const made = await create({ instance_id: server, name: '' });
    expect(made.status).toBe(400);
    expect(JSON.parse(nova.calls('POST')[0]?.text ?? '')).toEqual({ createImage: { name: '' } });
  });

  it.each([{ name: 'x' }, {}])('of an unknown server is not found (%j)', async (more) => {
    const made = await create({ instance_id: nobody, ...more }, 'application/xml');
    expect(made.status).toBe(404);
    expect(child(parseXml(made.text), 'message').text).toBe('Instance could not be found.');
    expect(nova.calls('POST').length + nova.calls('GET').length).toBe(1);
    expect(glance.seen).toEqual([]);
  });

  it.each(['a/b', 'a?b', 'a b', 'a#b', '%2e%2e', 'ü', 'x'.repeat(2000)])(
    'of a server called %s asks for one resource below servers',
    async (id) => {
      const made = await create({ instance_id: id, name: 'x' });
      expect(made.status).toBe(404);
      const [action] = nova.calls('POST');
      expect(action?.target).toBe(`/v2.1/servers/${encodeURIComponent(id)}/action`);
    },
  );

  // encodeURIComponent leaves both as they are, and proxies take them out of the path
  it.each(['.', '..'])('of a server called %s asks for nothing', async (id) => {
    await create({ instance_id: id, name: 'x' });
    await create({ instance_id: id });
    expect([...nova.calls('POST'), ...nova.calls('GET')].map(({ target }) => target)).toEqual([]);
  });

  it('is not asked for without credentials', async () => {
    for (const wrong of [null, 'demo+demo:wrong']) {
      const got = await askAt(gateway.url, 'POST /api/images', {
        login: wrong,
        ...form({ instance_id: server }),
      });
      expect(got.status).toBe(401);
    }
    expect(nova.calls('POST')).toEqual([]);
  });

  it('whose image cannot be read any more says so', async () => {
    glance.on('GET', /images/, answer(404, { message: 'gone' }));
    expect((await create({ instance_id: server, name: 'x' })).status).toBe(404);
  });
});

const failures = [
  ['400', novaFault(400, 'badRequest', 'Words of Nova.'), 400, 'ValidationFailure'],
  ['401', novaFault(401, 'unauthorized', 'Words of Nova.'), 401, 'AuthenticationFailure'],
  ['403', novaFault(403, 'forbidden', 'Words of Nova.'), 403, 'ForbiddenError'],
  ['409', novaFault(409, 'conflictingRequest', 'Words of Nova.'), 409, 'Conflict'],
  [
    '413',
    novaFault(413, 'overLimit', 'Words of Nova.', { 'Retry-After': '0' }),
    413,
    'BackendError',
  ],
  ['500', novaFault(500, 'computeFault', 'Words of Nova.'), 503, 'ProviderError'],
  ['503', answer(503, 'Words of Nova.'), 503, 'ProviderError'],
  ['no answer', silence, 504, 'ProviderTimeout'],
  ['a reset', reset, 503, 'ProviderError'],
  ['garbage', rawAnswer('garbage\r\n\r\n'), 502, 'ProviderError'],
  [
    'a redirect',
    answer(302, undefined, { Location: 'http://169.254.169.254/' }),
    502,
    'ProviderError',
  ],
] as const;

describe.each(failures)('when Nova answers with %s', (_, script, status, name) => {
  it.each(['action', 'show'] as const)('to its %s, the client is told', async (which) => {
    nova[which] = script;
    const fields = { instance_id: server, ...(which === 'action' && { name: 'x' }) };
    const made = await create(fields);
    expect([made.status, made.json.error]).toEqual([status, `Deltacloud::Exceptions::${name}`]);
    expect(made.json.message.includes('Words of Nova.')).toBe(status < 500);
    expect(made.text).not.toContain('169.254');
    expect(made.headers.get('www-authenticate')).toBeNull();
    const xml = await create(fields, 'application/xml');
    expect(parseXml(xml.text).attributes['status']).toBe(String(status));
    expect(glance.seen).toEqual([]);
  });
});

describe('an answer of Nova that leads to no image', () => {
  it.each([
    ['no Location', {}],
    ['another Location', { Location: 'http://images.inside/somewhere' }],
    ['a Location that is none', { Location: '::' }],
    ['one that would lead elsewhere', { Location: 'http://x/images/../../v2/tasks' }],
  ])('with %s is 502', async (_, headers) => {
    nova.action = answer(202, undefined, headers as Record<string, string>);
    expect((await create({ instance_id: server, name: 'x' })).status).toBe(502);
    expect(glance.seen).toEqual([]);
  });

  it.each([
    ['no name', { server: {} }],
    ['a number', { server: { name: 5 } }],
    ['no server', {}],
    ['a list', []],
    ['text', 'hello'],
  ])('with %s for a server is 502', async (_, document) => {
    nova.show = answer(200, document);
    expect((await create({ instance_id: server })).status).toBe(502);
    expect(nova.calls('POST')).toEqual([]);
  });
});

it('that is down is 503, and nothing is made', async () => {
  const gone = await startScriptedNova(imageId);
  await gone.stop();
  const own = await startTestGateway({
    glanceUrl: glance.url,
    keystoneUrl: keystone.url,
    computeUrl: gone.url,
  });
  try {
    const fields = form({ instance_id: server, name: 'x' });
    const got = await askAt(own.url, 'POST /api/images', { login, ...fields });
    expect([got.status, got.json.code]).toEqual([503, 503]);
    expect(got.headers.get('retry-after')).toBe('5');
    expect(glance.seen).toEqual([]);
  } finally {
    await own.stop();
  }
});

describe('without a Compute service', () => {
  it('an image cannot be made in front of a Glance', async () => {
    const own = await startTestGateway({ glanceUrl: glance.url, keystoneUrl: keystone.url });
    try {
      for (const accept of ['application/json', 'application/xml', 'text/html']) {
        const fields = form({ instance_id: server, name: 'x' });
        const got = await askAt(own.url, 'POST /api/images', { login, accept, ...fields });
        expect(got.status).toBe(501);
        expect(got.text).toContain('Compute');
      }
      expect(glance.seen).toEqual([]);
    } finally {
      await own.stop();
    }
  });

  it('the embedded Glance keeps the record of one', async () => {
    const own = await startTestGateway();
    try {
      const options = { login: 'demo+demo:secret', ...form({ instance_id: server }) };
      const got = await askAt(own.url, 'POST /api/images', options);
      expect([got.status, got.json.image.state]).toEqual([201, 'SAVING']);
      const headers = { 'x-auth-token': 'demo-token' };
      const target = `GET /v2/images/${got.json.image.id}`;
      const { json } = await askAt(own.url, target, { login: null, headers });
      expect(json).toMatchObject({
        status: 'queued',
        image_type: 'snapshot',
        instance_uuid: server,
        owner: '0d000000000000000000000000000002',
      });
    } finally {
      await own.stop();
    }
  });

  it('and without an Identity service, passwords are of no use, tokens are', async () => {
    const own = await startTestGateway({ glanceUrl: glance.url });
    try {
      const got = await askAt(own.url, 'GET /api/images', { login });
      expect([got.status, got.json.error]).toEqual([501, 'Deltacloud::Exceptions::NotImplemented']);
      const headers = { 'x-auth-token': 'a-token' };
      const list = await askAt(own.url, 'GET /api/images', { login: null, headers });
      expect(list.status).toBe(200);
      expect(glance.seen[0]?.headers['x-auth-token']).toBe('a-token');
    } finally {
      await own.stop();
    }
  });
});
