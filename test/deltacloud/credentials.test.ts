import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readBasic } from '../../src/dialects/deltacloud/sign-in.ts';
import { defaultIdentities } from '../../src/embedded/index.ts';
import { basic, nobody, server, useDeltacloud } from './setting.ts';

const [admin, demo] = defaultIdentities;
if (!admin || !demo) throw new Error('no identities');
const odd = { user: 'jörg müller', project: 'café & <co>', password: 'p:ä:中 +"\' ' };
const cloud = useDeltacloud({
  identities: [
    admin,
    demo,
    {
      ...demo,
      token: 'odd-token',
      userId: 'odd',
      userName: odd.user,
      password: odd.password,
      projectId: 'oddproject',
      projectName: odd.project,
    },
  ],
});
const challenge = /^Basic realm="openstack-deltacloud@[\w.-]+"$/;
const b64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64');
const operations = [
  'GET /api',
  'GET /api/images',
  `GET /api/images/${nobody}`,
  `POST /api/images?instance_id=${server}`,
  `DELETE /api/images/${nobody}`,
  `POST /api/images/${nobody}?_method=delete`,
];

describe.each(operations)('%s', (line) => {
  it.each([
    ['nothing', undefined],
    ['another scheme', 'Bearer demo-token'],
    ['Digest', 'Digest username="demo"'],
    ['a scheme that begins alike', `Basically ${b64('demo+demo:secret')}`],
    ['the scheme alone', 'Basic'],
    ['no colon', `Basic ${b64('demo+demo')}`],
    ['no base64', 'Basic !!!'],
    ['base64 of a broken length', `Basic ${b64('demo+demo:secret')}A`],
    ['padding in the middle', 'Basic ZGVt=28rZGVtbzpzZWNyZXQ'],
    ['two words', `Basic ${b64('demo+demo')} ${b64(':secret')}`],
    ['no UTF-8', `Basic ${b64(Uint8Array.of(0xff, 0xfe, 0x2b, 0x61, 0x3a, 0x62))}`],
    ['no project', basic('demo:secret')],
    ['an empty project', basic('demo+:secret')],
    ['an empty user', basic('+demo:secret')],
    ['two projects', basic('demo+demo+demo:secret')],
    ['nothing at all', basic(':')],
    ['only a plus', basic('+:')],
    ['the plus behind the colon', basic('demo:+demo')],
  ])('with %s is 401 with the challenge', async (_, authorization) => {
    const got = await cloud.ask(line, {
      login: null,
      headers: authorization === undefined ? {} : { authorization },
    });
    expect([got.status, got.json.code]).toEqual([401, 401]);
    expect(got.headers.get('www-authenticate')).toMatch(challenge);
    expect(got.headers.get('x-deltacloud-driver')).toBe('openstack');
    expect(got.json.error).toBe('Deltacloud::Exceptions::AuthenticationFailure');
  });

  it.each([
    ['a wrong password', 'demo+demo:wrong'],
    ['no password', 'demo+demo:'],
    ["another user's project", 'demo+admin:secret'],
    ['an unknown user', 'nobody+demo:secret'],
    ['names of another case', 'Demo+Demo:secret'],
    ['a password with more', 'demo+demo:secret:'],
    ['a token for a password', 'demo+demo:demo-token'],
  ])('with %s is 401 without a challenge', async (_, login) => {
    const got = await cloud.ask(line, { login });
    // the limit on guessing counts per user and per address
    expect([401, 429]).toContain(got.status);
    expect(got.headers.get('www-authenticate')).toBeNull();
    expect(got.text).not.toContain('secret');
  });
});

describe('credentials that are right', () => {
  const other = useDeltacloud({ identities: [admin, { ...demo, ...renamed() }] });
  function renamed() {
    return { userName: odd.user, projectName: odd.project, password: odd.password };
  }

  it('may hold colons, spaces, quotes and UTF-8', async () => {
    const login = `${odd.user}+${odd.project}:${odd.password}`;
    const got = await other.ask('GET /api/images', { login });
    expect(got.status).toBe(200);
    const made = await other.ask(`POST /api/images?instance_id=${server}&format=xml`, { login });
    expect(made.text).toContain('<owner_id>jörg müller</owner_id>');
  });

  it.each(['Basic', 'basic', 'BASIC', 'Basic  ', 'bAsIc   '])(
    'may be called %j',
    async (scheme) => {
      const authorization = `${scheme} ${b64('admin+admin:secret')}`;
      const got = await other.raw('GET /api/images', [`Authorization: ${authorization}`]);
      expect(got.status).toBe(200);
    },
  );

  it('may lack the padding', async () => {
    const authorization = basic('admin+admin:secret').replace(/=+$/, '');
    expect((await other.raw('GET /api', [`Authorization: ${authorization}`])).status).toBe(200);
  });

  it('are asked for on every request', async () => {
    const first = await other.ask('GET /api', { login: 'admin+admin:secret' });
    expect(first.headers.get('set-cookie')).toBeNull();
    expect((await other.ask('GET /api', { login: null })).status).toBe(401);
  });

  it('may be a token of the Identity service', async () => {
    for (const line of ['GET /api', 'GET /api/images?owner_id=admin']) {
      const headers = { 'x-auth-token': 'admin-token' };
      expect((await other.ask(line, { login: null, headers })).status).toBe(200);
    }
    const wrong = { login: null, headers: { 'x-auth-token': 'no-token' } };
    expect((await other.ask('GET /api', wrong)).status).toBe(401);
    expect((await other.ask('GET /api/images', wrong)).status).toBe(401);
  });

  it('count before a token that comes along', async () => {
    const headers = { 'x-auth-token': 'admin-token' };
    expect((await other.ask('GET /api', { login: 'admin+admin:no', headers })).status).toBe(401);
    const made = await other.make();
    const id = `GET /api/images/${made}`;
    const got = await other.ask(id, {
      login: 'admin+admin:secret',
      headers: { 'x-auth-token': 'x' },
    });
    expect(got.status).toBe(200);
  });
});

describe('reading a Basic header', () => {
  it.each([
    ['u+p:w', { user: 'u', project: 'p', password: 'w' }],
    ['u+p:', { user: 'u', project: 'p', password: '' }],
    ['u+p:a:b+c', { user: 'u', project: 'p', password: 'a:b+c' }],
    ['u+p: ', { user: 'u', project: 'p', password: ' ' }],
    ['ü+中:€', { user: 'ü', project: '中', password: '€' }],
  ])('takes %s apart', (text, credentials) => {
    expect(readBasic(basic(text))).toEqual(credentials);
  });

  it.each(['u+p', 'u:w', '+p:w', 'u+:w', 'u+p+q:w', ':', '', '+:', 'u:+p'])(
    'refuses %j',
    (text) => {
      expect(readBasic(basic(text))).toBeUndefined();
    },
  );
});

describe('guessing', () => {
  const other = useDeltacloud();
  it('comes to an end for one user, with a time to wait', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 15; i += 1) {
      statuses.push((await other.ask('GET /api', { login: `demo+demo:${i}` })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(5).fill(429)]);
    const got = await other.ask('GET /api?format=xml', { login: 'demo+demo:secret' });
    expect([got.status, got.headers.get('retry-after')]).toEqual([429, '60']);
    expect(got.text).toMatch(/^<error status='429'/);
    expect((await other.ask('GET /api', { login: 'admin+admin:secret' })).status).toBe(200);
  });
});

describe('the headers that choose a back end', () => {
  it('never make the gateway dial', async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const at = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const providers = [
      `http://${at}/v2.0`,
      `HTTP://${at}/v2.0;RegionOne`,
      `http://${at}@127.0.0.1/`,
      `//${at}/`,
      at,
      `file:///etc/passwd`,
    ];
    try {
      for (const provider of providers) {
        for (const line of [
          'GET /api',
          'GET /api/images',
          `POST /api/images?instance_id=${server}`,
        ]) {
          const headers = { 'x-deltacloud-provider': provider, 'x-deltacloud-driver': 'openstack' };
          const got = await cloud.ask(line, { login: 'admin+admin:secret', headers });
          expect([provider, got.status < 300]).toEqual([provider, true]);
          expect(got.text).not.toContain(at);
          expect([...got.headers.values()].join()).not.toContain(at);
        }
      }
      const matrix = encodeURIComponent(`http://${at}`);
      for (const path of [`/api;provider=${matrix}/images`, `/api;driver=ec2;provider=${at}`]) {
        const got = await cloud.ask(`GET ${path}`, { login: 'admin+admin:secret' });
        // a slash cannot be written there
        expect(got.status).toBe(path.includes('%2F') ? 404 : 200);
      }
      expect(connections).toBe(0);
    } finally {
      listener.close();
    }
  });

  it.each(['openstack', 'OpenStack', 'mock', 'ec2', '', '../x', 'a'.repeat(5000)])(
    'a driver %s changes nothing',
    async (driver) => {
      const headers = { 'x-deltacloud-driver': driver, 'x-deltacloud-provider': '' };
      const got = await cloud.ask('GET /api', { login: 'admin+admin:secret', headers });
      expect([got.status, got.json.api.driver]).toEqual([200, 'openstack']);
      expect(got.headers.get('x-deltacloud-driver')).toBe('openstack');
    },
  );
});
