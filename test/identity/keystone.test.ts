import { afterEach, describe, expect, it, vi } from 'vitest';
import { isFault } from '../../src/core/fault.ts';
import type { Credentials } from '../../src/core/identity.ts';
import {
  type UpstreamAnswer,
  type UpstreamCall,
  UpstreamFailure,
} from '../../src/core/upstream.ts';
import { createKeystone } from '../../src/identity/keystone.ts';
import { idOf, tokenDocument } from '../fixtures/scripted-keystone.ts';

const hour = 3_600_000;
let shift = 0;
function turnClock(): void {
  shift = 0;
  const now = performance.now.bind(performance);
  const date = Date.now.bind(Date);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + shift);
  vi.spyOn(Date, 'now').mockImplementation(() => date() + shift);
}
const pass = async (ms: number): Promise<void> => {
  shift += ms;
  await new Promise((resolve) => setTimeout(resolve, 5));
};
afterEach(() => vi.restoreAllMocks());

type Reply = Partial<UpstreamAnswer> | Error;

/** Keystone as a function, and the client in front of it. */
function client(reply: (call: UpstreamCall) => Reply, keepFor = 300_000) {
  const calls: UpstreamCall[] = [];
  const keystone = createKeystone(
    async (call) => {
      calls.push(call);
      const given = reply(call);
      if (given instanceof Error) throw given;
      return { status: 200, headers: {}, body: null, ...given };
    },
    { keepFor, domain: 'Default' },
  );
  return { calls, ...keystone };
}

const opened = (life = hour, token = 'a-token'): Reply => ({
  status: 201,
  headers: { 'x-subject-token': token },
  body: JSON.stringify(tokenDocument('ann', 'lab', life)),
});
const known = (life = hour): Reply => ({ body: JSON.stringify(tokenDocument('ann', 'lab', life)) });
const ann: Credentials = { user: 'ann', password: 'pässwörd', project: 'lab' };
const caller = {
  userId: idOf('ann'),
  userName: 'ann',
  projectId: idOf('lab'),
  projectName: 'lab',
  roles: ['member'],
};
const kindOf = (got: unknown): string | undefined => (isFault(got) ? got.kind : undefined);

describe('a login', () => {
  it("is Identity v3's password method with names and the configured domain", async () => {
    const { login, calls } = client(() => opened());
    expect(await login(ann)).toEqual({ token: 'a-token', caller });
    const [call] = calls;
    expect(call).toMatchObject({ method: 'POST', target: '/v3/auth/tokens?nocatalog' });
    expect(JSON.parse(String(call?.body))).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'ann', domain: { name: 'Default' }, password: 'pässwörd' } },
        },
        scope: { project: { name: 'lab', domain: { name: 'Default' } } },
      },
    });
    expect(JSON.stringify(call?.headers)).not.toContain('ssw');
  });

  it('without a project asks for no scope', async () => {
    const { login, calls } = client(() => opened());
    await login({ user: 'ann', password: 'x', project: undefined });
    expect(JSON.parse(String(calls[0]?.body)).auth).not.toHaveProperty('scope');
  });

  it.each([401, 403, 404])('that Keystone answers with %d is refused', async (status) => {
    const { login } = client(() => ({ status, body: '{"error":{"message":"No such user ann"}}' }));
    const got = await login(ann);
    expect(kindOf(got)).toBe('unauthorized');
    expect(JSON.stringify(got)).not.toContain('ann');
  });

  it('that is wrong is asked about every time, and never becomes right', async () => {
    const { login, calls } = client(() => ({ status: 401 }));
    for (let i = 0; i < 5; i += 1) expect(kindOf(await login(ann))).toBe('unauthorized');
    expect(calls).toHaveLength(5);
  });

  it('is asked once while it is kept', async () => {
    const { login, calls } = client(() => opened());
    for (let i = 0; i < 5; i += 1) expect(await login(ann)).toEqual({ token: 'a-token', caller });
    await Promise.all(Array.from({ length: 20 }, () => login(ann)));
    expect(calls).toHaveLength(1);
  });

  it('of another password, project or user is another', async () => {
    const right = ({ body }: UpstreamCall) => String(body).includes('"pässwörd"');
    const { login, calls } = client((call) => (right(call) ? opened() : { status: 401 }));
    expect(kindOf(await login(ann))).toBeUndefined();
    for (const other of [
      { ...ann, password: 'pässwör' },
      { ...ann, password: '' },
      { user: 'annlab', project: '', password: 'ässwörd' },
      { user: 'an', project: 'nlab', password: 'passwörd' },
    ]) {
      expect([other.user, kindOf(await login(other))]).toEqual([other.user, 'unauthorized']);
    }
    expect(calls).toHaveLength(5);
  });

  it.each([
    [2 * hour, 300_000],
    [60_000, 60_000],
    [10_000, 10_000],
  ])('with a token for %d ms is kept for %d ms', async (life, kept) => {
    turnClock();
    const { login, calls } = client(() => opened(life));
    await login(ann);
    await pass(kept - 1000);
    await login(ann);
    expect(calls).toHaveLength(1);
    await pass(2000);
    await login(ann);
    expect(calls).toHaveLength(2);
  });

  it('whose password was changed is noticed when the entry has lived', async () => {
    turnClock();
    let password = 'pässwörd';
    const { login } = client(({ body }) =>
      String(body).includes(password) ? opened() : { status: 401 },
    );
    expect(kindOf(await login(ann))).toBeUndefined();
    password = 'another';
    await pass(299_000);
    expect(kindOf(await login(ann))).toBeUndefined();
    await pass(2_000);
    expect(kindOf(await login(ann))).toBe('unauthorized');
    expect(kindOf(await login({ ...ann, password }))).toBeUndefined();
  });

  it('is never kept when nothing may be', async () => {
    const { login, calls } = client(() => opened(), 0);
    await login(ann);
    await login(ann);
    expect(calls).toHaveLength(2);
  });

  it('with a token that has ended is not kept', async () => {
    const { login, calls } = client(() => opened(-1000));
    await login(ann);
    await login(ann);
    expect(calls).toHaveLength(2);
  });
});

describe('a token', () => {
  it('is asked about with itself', async () => {
    const { identities, calls } = client(() => known());
    expect(await identities.find('t1')).toEqual(caller);
    expect(calls[0]).toMatchObject({
      method: 'GET',
      target: '/v3/auth/tokens?nocatalog',
      headers: { 'x-auth-token': 't1', 'x-subject-token': 't1' },
    });
    expect(identities.peek('t1')).toEqual(caller);
    expect(identities.complete).toBe(true);
  });

  it.each([401, 404])('that Keystone answers with %d is none, each time anew', async (status) => {
    const { identities, calls } = client(() => ({ status }));
    expect(await identities.find('t1')).toBeUndefined();
    expect(await identities.find('t1')).toBeUndefined();
    expect(identities.peek('t1')).toBeUndefined();
    expect(calls).toHaveLength(2);
  });

  it('that is withdrawn is noticed when the entry has lived', async () => {
    turnClock();
    let valid = true;
    const { identities } = client(() => (valid ? known() : { status: 404 }));
    await identities.find('t1');
    valid = false;
    await pass(301_000);
    expect(await identities.find('t1')).toBeUndefined();
  });

  it('is never kept longer than it lives', async () => {
    turnClock();
    const { identities, calls } = client(() => known(5_000));
    await identities.find('t1');
    await pass(6_000);
    await identities.find('t1');
    expect(calls).toHaveLength(2);
  });

  it('without a project, or for a domain, is of no use', async () => {
    const { token } = tokenDocument('ann', 'lab', hour) as { token: Record<string, unknown> };
    const { project: _, ...unscoped } = token;
    for (const document of [unscoped, { ...unscoped, domain: { id: 'default' } }]) {
      const { identities } = client(() => ({ body: JSON.stringify({ token: document }) }));
      expect(await identities.find('t1')).toBeUndefined();
    }
  });

  it('without names is called by its ids', async () => {
    const { token } = tokenDocument('ann', 'lab', hour) as { token: object };
    const bare = { ...token, user: { id: 'u1' }, project: { id: 'p1' }, roles: 'all' };
    const { identities } = client(() => ({ body: JSON.stringify({ token: bare }) }));
    expect(await identities.find('t1')).toEqual({
      userId: 'u1',
      userName: 'u1',
      projectId: 'p1',
      projectName: 'p1',
      roles: [],
    });
  });
});

const garbage: readonly (readonly [string, Partial<UpstreamAnswer>])[] = [
  ['HTML', { body: '<html>welcome</html>' }],
  ['nothing', { body: null }],
  ['null', { body: 'null' }],
  ['a list', { body: '[]' }],
  ['another document', { body: '{"versions":{}}' }],
  ['a token that is text', { body: '{"token":"abc"}' }],
  ['a token without an end', { body: '{"token":{"user":{"id":"u"},"project":{"id":"p"}}}' }],
];

describe('Keystone in trouble', () => {
  const ways = {
    login: (reply: Reply) => client(() => reply).login(ann),
    find: (reply: Reply) => client(() => reply).identities.find('t1'),
  };

  describe.each(Object.entries(ways))('for %s', (way, ask) => {
    it.each([
      ['unreachable', 'upstream-unreachable'],
      ['timeout', 'upstream-timeout'],
      ['broken', 'upstream-broken'],
    ] as const)('that is %s is told', async (kind, fault) => {
      expect(kindOf(await ask(new UpstreamFailure(kind, 'x')))).toBe(fault);
    });

    it.each([
      [400, 'bad-request'],
      [429, 'rate-limited'],
      [500, 'upstream-unreachable'],
      [501, 'not-implemented'],
      [502, 'upstream-broken'],
      [503, 'upstream-unreachable'],
      [504, 'upstream-timeout'],
    ])('that answers %d is told', async (status, fault) => {
      expect(kindOf(await ask({ status, body: '{"error":{"message":"m"}}' }))).toBe(fault);
    });

    // an answer of success that is none is no refusal: the client would think its password wrong
    it.each(garbage)('that answers with %s is told', async (_, answer) => {
      const status = way === 'login' ? 201 : 200;
      const headers = { 'x-subject-token': 'a-token' };
      expect(kindOf(await ask({ status, headers, ...answer }))).toBe('upstream-broken');
    });

    it.each([204, 300, 302])('that answers %d is told', async (status) => {
      const headers = { location: 'http://169.254.169.254/' };
      expect(kindOf(await ask({ status, headers }))).toBe('upstream-broken');
    });
  });

  it('that gives no token is told', async () => {
    expect(kindOf(await ways.login({ ...opened(), headers: {} }))).toBe('upstream-broken');
  });

  it('is forgotten when it is over', async () => {
    let reply: Reply = new UpstreamFailure('unreachable', 'x');
    const { login, identities } = client(({ method }) =>
      reply instanceof Error ? reply : method === 'POST' ? opened() : known(),
    );
    expect(kindOf(await login(ann))).toBe('upstream-unreachable');
    expect(kindOf(await identities.find('t1'))).toBe('upstream-unreachable');
    reply = {};
    expect(kindOf(await login(ann))).toBeUndefined();
    expect(await identities.find('t1')).toEqual(caller);
  });

  it('ends nothing that is kept', async () => {
    let down = false;
    const { login } = client(() => (down ? new UpstreamFailure('timeout', 'x') : opened()));
    await login(ann);
    down = true;
    expect(await login(ann)).toEqual({ token: 'a-token', caller });
  });

  it('that breaks in another way than by the network is a bug, not an answer', async () => {
    await expect(ways.login(new TypeError('bug'))).rejects.toThrow('bug');
  });
});
