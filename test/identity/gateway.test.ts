import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  answer,
  type FakeGlance,
  rawAnswer,
  reset,
  type Script,
  silence,
  startFakeGlance,
} from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import {
  idOf,
  type ScriptedKeystone,
  startScriptedKeystone,
} from '../fixtures/scripted-keystone.ts';

interface World {
  readonly glance: FakeGlance;
  readonly keystone: ScriptedKeystone;
  readonly gateway: TestGateway;
  readonly ask: (
    line: string,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; headers: Headers; text: string }>;
}

/** A gateway in front of a scripted Glance and a scripted Keystone, for one group of tests. */
function useWorld(settings: Record<string, unknown> = {}): { readonly now: World } {
  let world: World | undefined;
  beforeAll(async () => {
    const [glance, keystone] = await Promise.all([startFakeGlance(), startScriptedKeystone()]);
    const gateway = await startTestGateway({
      glanceUrl: glance.url,
      keystoneUrl: `${keystone.url}/v3/`,
      firstByteTimeout: 300,
      ...settings,
    });
    const ask: World['ask'] = async (line, headers = {}) => {
      const [method = '', path = ''] = line.split(' ');
      const got = await fetch(gateway.url + path, { method, headers, redirect: 'manual' });
      return { status: got.status, headers: got.headers, text: await got.text() };
    };
    world = { glance, keystone, gateway, ask };
  });
  afterEach(() => {
    world?.glance.reset();
    world?.keystone.forget();
    if (world) world.keystone.mood = undefined;
  });
  afterAll(async () => {
    await world?.gateway.stop();
    await world?.glance.stop();
    await world?.keystone.stop();
  });
  return {
    get now() {
      if (!world) throw new Error('not started');
      return world;
    },
  };
}

const basic = (login: string, format = 'application/json') => ({
  authorization: `Basic ${Buffer.from(login).toString('base64')}`,
  accept: format,
});
const list = 'GET /api/images';

describe('Basic credentials', () => {
  const world = useWorld();

  it('become a token, once for many requests, and Glance sees that token only', async () => {
    const { ask, glance, keystone } = world.now;
    for (let i = 0; i < 5; i += 1) {
      expect((await ask(list, basic('demo+demo:right'))).status).toBe(200);
    }
    await Promise.all(Array.from({ length: 20 }, () => ask('GET /api', basic('demo+demo:right'))));
    expect(keystone.logins()).toBe(1);
    expect(glance.seen.map(({ headers }) => headers['x-auth-token'])).toEqual(
      Array(5).fill('token-demo'),
    );
    expect(JSON.stringify(glance.seen)).not.toMatch(/right|Basic|authorization/i);
  });

  it("of another project, or wrong, are refused in the dialect's form", async () => {
    const { ask, glance } = world.now;
    for (const login of ['demo+admin:right', 'demo+demo:wrong', 'nobody+demo:right']) {
      const got = await ask(list, basic(login));
      expect([login, got.status]).toEqual([login, 401]);
      expect(JSON.parse(got.text)).toMatchObject({
        code: 401,
        error: 'Deltacloud::Exceptions::AuthenticationFailure',
      });
      expect(got.headers.get('www-authenticate')).toBeNull();
      expect(got.text).not.toContain('inside');
    }
    expect(glance.seen).toEqual([]);
  });

  it("that lack keep the dialect's own challenge", async () => {
    const got = await world.now.ask(list, { accept: 'application/xml' });
    expect(got.headers.get('www-authenticate')).toMatch(/^Basic realm="openstack-deltacloud@/);
  });

  it('are shown as the owner', async () => {
    const got = await world.now.ask('GET /api/images', basic('demo+demo:right'));
    expect(JSON.parse(got.text).images[0].owner).toBe('demo');
  });
});

describe('a token in place of credentials', () => {
  const world = useWorld();

  it('is asked about, and passed on', async () => {
    const { ask, keystone, glance } = world.now;
    const got = await ask(list, { 'x-auth-token': 'token-demo', accept: 'application/json' });
    expect([got.status, JSON.parse(got.text).images[0].owner]).toEqual([200, 'demo']);
    expect(keystone.validations()).toBe(1);
    expect(glance.seen[0]?.headers['x-auth-token']).toBe('token-demo');
  });

  it('that is none is refused without asking Glance', async () => {
    const { ask, glance } = world.now;
    expect((await ask(list, { 'x-auth-token': 'nope' })).status).toBe(401);
    expect(glance.seen).toEqual([]);
  });
});

const moods: readonly (readonly [string, Script, number])[] = [
  ['500', answer(500, { error: { message: 'inside' } }), 503],
  ['503', answer(503, 'inside'), 503],
  ['silence', silence, 504],
  ['no HTTP', rawAnswer('garbage\r\n\r\n'), 502],
  ['a reset', reset, 503],
];

describe.each(moods)('a Keystone that answers with %s', (_, mood, status) => {
  const world = useWorld();

  it.each(['application/xml', 'application/json', 'text/html'])(
    'is told to clients of %s',
    async (accept) => {
      const { ask, keystone } = world.now;
      keystone.mood = mood;
      const got = await ask(list, basic('demo+demo:right', accept));
      expect(got.status).toBe(status);
      expect(got.headers.get('content-type')).toBe(accept);
      expect(got.text).toContain(String(status));
      expect(got.text).not.toMatch(/inside|127\.0\.0\.1:\d+\/v3|right/);
    },
  );

  it('ends no session, and is forgotten', async () => {
    const { ask, keystone } = world.now;
    expect((await ask(list, basic('demo+demo:right'))).status).toBe(200);
    keystone.mood = mood;
    expect((await ask(list, basic('demo+demo:right'))).status).toBe(200);
    expect((await ask(list, basic('demo+demo:other'))).status).toBe(status);
    keystone.mood = undefined;
    expect((await ask(list, basic('demo+demo:other'))).status).toBe(401);
  });
});

describe('a Keystone that is not there', () => {
  it('is 503 with a time to come again', async () => {
    const glance = await startFakeGlance();
    const keystone = await startScriptedKeystone();
    await keystone.stop();
    const gateway = await startTestGateway({ glanceUrl: glance.url, keystoneUrl: keystone.url });
    try {
      const got = await fetch(`${gateway.url}/api/images`, { headers: basic('demo+demo:right') });
      expect([got.status, got.headers.get('retry-after')]).toEqual([503, '5']);
      await got.text();
      const v2 = await fetch(`${gateway.url}/v2/images`, { headers: { 'x-auth-token': 't' } });
      expect(v2.status).toBe(200);
      await v2.text();
    } finally {
      await gateway.stop();
      await glance.stop();
    }
  });
});

describe('guessing', () => {
  const world = useWorld();
  it('a hundred times asks Keystone ten times', async () => {
    const { ask, keystone } = world.now;
    const statuses: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      statuses.push((await ask(list, basic(`demo+demo:guess${i}`))).status);
    }
    expect(keystone.logins()).toBe(10);
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(90).fill(429)]);
    keystone.users.set('ann', { password: 'right', project: 'lab', token: 'token-ann' });
    expect((await ask(list, basic('ann+lab:right'))).status).toBe(200);
  });
});

describe('behind a proxy that is trusted', () => {
  const world = useWorld({ trustedProxies: '127.0.0.1' });

  // every client has the proxy's address, so that one of them can keep all others out
  it('guessing at one address keeps nobody out at another', async () => {
    const { ask, keystone } = world.now;
    for (let i = 0; i < 60; i += 1) {
      await ask(list, { ...basic(`user${i}+demo:guess`), 'x-forwarded-for': '192.0.2.1' });
    }
    keystone.users.set('ann', { password: 'right', project: 'lab', token: 'token-ann' });
    const got = await ask(list, { ...basic('ann+lab:right'), 'x-forwarded-for': '192.0.2.2' });
    expect(got.status).toBe(200);
  });
});

describe('a session whose token was withdrawn', () => {
  const world = useWorld();

  // the password is right all the same; the cached token is what Glance refuses, until the entry has lived
  it('is opened again', async () => {
    const { ask, keystone, glance } = world.now;
    expect((await ask(list, basic('demo+demo:right'))).status).toBe(200);
    keystone.users.set('demo', { password: 'right', project: 'demo', token: 'token-new' });
    glance.on('GET', /^\/v2\/images\?/, (exchange) =>
      exchange.seen.headers['x-auth-token'] === 'token-new'
        ? answer(200, { images: [] })(exchange)
        : answer(401, 'no')(exchange),
    );
    await ask(list, basic('demo+demo:right'));
    expect((await ask(list, basic('demo+demo:right'))).status).toBe(200);
  });
});

describe('answers that are not believed long', () => {
  const world = useWorld({ identityCacheTime: 150 });
  it('are asked for again, and a changed password is noticed', async () => {
    const { ask, keystone } = world.now;
    expect((await ask(list, basic('demo+demo:right'))).status).toBe(200);
    keystone.users.set('demo', { password: 'changed', project: 'demo', token: 'token-demo' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await ask(list, basic('demo+demo:right'))).status).toBe(401);
    expect((await ask(list, basic('demo+demo:changed'))).status).toBe(200);
  });

  it('not at all, when told so', async () => {
    const glance = await startFakeGlance();
    const keystone = await startScriptedKeystone();
    const gateway = await startTestGateway({
      glanceUrl: glance.url,
      keystoneUrl: keystone.url,
      identityCacheTime: 0,
    });
    try {
      for (let i = 0; i < 3; i += 1) {
        await (await fetch(`${gateway.url}/api`, { headers: basic('demo+demo:right') })).text();
      }
      expect(keystone.logins()).toBe(3);
    } finally {
      await gateway.stop();
      await Promise.all([glance.stop(), keystone.stop()]);
    }
  });
});

describe("Nova's path project", () => {
  const world = useWorld();
  const headers = { 'x-auth-token': 'token-demo' };

  it("is held to be the token's, as Keystone says", async () => {
    const { ask, keystone } = world.now;
    expect((await ask(`GET /v2.1/${idOf('demo')}/images`, headers)).status).toBe(200);
    expect((await ask(`GET /v2.1/${idOf('demo')}/images/detail`, headers)).status).toBe(200);
    expect(keystone.validations()).toBe(1);
  });

  it("that is another's is refused", async () => {
    const { ask, glance } = world.now;
    const got = await ask(`GET /v2.1/${idOf('other')}/images`, headers);
    expect([400, 403]).toContain(got.status);
    expect(glance.seen).toEqual([]);
  });

  it('with a token that is none is 401, naming the Identity service', async () => {
    const { ask, keystone, glance } = world.now;
    glance.on('GET', /^\/v2\//, answer(401, 'no'));
    const got = await ask(`GET /v2.1/${idOf('demo')}/images`, { 'x-auth-token': 'nope' });
    expect(got.status).toBe(401);
    expect(got.headers.get('www-authenticate')).toBe(`Keystone uri="${keystone.url}/v3/"`);
  });

  it('cannot be judged while Keystone is in trouble', async () => {
    const { ask, keystone } = world.now;
    keystone.mood = answer(500, {});
    const got = await ask(`GET /v2.1/${idOf('demo')}/images`, { 'x-auth-token': 'fresh' });
    expect(got.status).toBe(503);
  });
});

describe('WWW-Authenticate', () => {
  const world = useWorld();
  const challengeOf = async (path: string): Promise<string | null> => {
    const inside = { 'WWW-Authenticate': 'Keystone uri="http://inside:5000"' };
    world.now.glance.on('GET', /^\/v2\//, answer(401, 'no', inside));
    const got = await world.now.ask(`GET ${path}`, { 'x-auth-token': 'token-demo' });
    expect(got.status).toBe(401);
    return got.headers.get('www-authenticate');
  };

  it.each(['/v1/images', '/v2.1/images'])(
    'of %s names the configured Identity service, whatever Glance says',
    async (path) => {
      expect(await challengeOf(path)).toBe(`Keystone uri="${world.now.keystone.url}/v3/"`);
    },
  );

  // what is passed through keeps Glance's own challenge
  it('of /v2/images does so as well', async () => {
    expect(await challengeOf('/v2/images')).toBe(`Keystone uri="${world.now.keystone.url}/v3/"`);
  });
});

describe('what Keystone hears', () => {
  const world = useWorld();
  it('is the password in the body of a login, and nowhere else', async () => {
    const { ask, keystone } = world.now;
    keystone.users.set('eve', { password: 'c4nary', project: 'demo', token: 'token-eve' });
    await ask(`GET /api/images?password=other`, { ...basic('eve+demo:c4nary'), cookie: 'a=b' });
    const heard = keystone.heard();
    expect(heard.split('c4nary')).toHaveLength(2);
    expect(heard).not.toMatch(/Basic|cookie|password=other/);
  });
});

describe('what is logged', () => {
  const world = useWorld({ accessLog: 'json' });
  const logged = async (work: () => Promise<unknown>): Promise<string> => {
    let written = '';
    const take = (chunk: unknown): boolean => {
      written += String(chunk);
      return true;
    };
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation(take),
    );
    try {
      await work();
      // a line is written when the answer has gone out
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return written;
  };

  it('holds no password, no token and no user', async () => {
    const { ask, keystone } = world.now;
    keystone.users.set('zoe', { password: 'c4nary-p', project: 'demo', token: 'c4nary-t' });
    const text = await logged(async () => {
      await ask(list, basic('zoe+demo:c4nary-p'));
      await ask(list, basic('zoe+demo:c4nary-wrong'));
      await ask(list, { 'x-auth-token': 'c4nary-t' });
      keystone.mood = answer(500, 'c4nary');
      await ask(list, basic('zoe+demo:c4nary-down'));
    });
    expect(text.split('"dialect":"deltacloud"')).toHaveLength(5);
    expect(text).not.toMatch(/c4nary|zoe/);
    for (const secret of ['zoe+demo:c4nary-p', 'zoe+demo:c4nary-wrong']) {
      expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
    }
  });

  // the look-up by token knows nothing of the tokens that passwords gave
  it('tells the project of who gave a password', async () => {
    const text = await logged(() => world.now.ask(list, basic('demo+demo:right')));
    expect(text).toContain(`"project":"${idOf('demo')}"`);
  });
});
