import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { rawRequest } from './raw-request.ts';

/** Where links of a gateway with these settings lead: those of a new v1 image, a new v2 one and the version document. */
function linksWith(settings: Readonly<Record<string, unknown>>) {
  let gateway: TestGateway | undefined;
  beforeAll(async () => {
    gateway = await startTestGateway(settings);
  });
  afterAll(() => gateway?.stop());
  const ask = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ) =>
    rawRequest(gateway?.url ?? '', {
      method,
      path,
      headers: { 'x-auth-token': 'demo-token', ...headers },
      body: body === undefined ? undefined : new TextEncoder().encode(body),
    });
  return {
    own: () => gateway?.url ?? '',
    bases: async (headers: Readonly<Record<string, string>>, prefix = '') => {
      const v1 = await ask('POST', `${prefix}/v1/images`, headers);
      const json = { ...headers, 'content-type': 'application/json' };
      const v2 = await ask('POST', `${prefix}/v2/images`, json, '{}');
      const versions = await ask('GET', `${prefix}/versions`, headers);
      const document = JSON.parse(new TextDecoder().decode(versions.body));
      const found = [
        (v1.headers['location'] ?? '').replace(/\/v1\/images\/[^/]+$/, ''),
        (v2.headers['location'] ?? '').replace(/\/v2\/images\/[^/]+$/, ''),
        String(document.versions[0].links[0].href).replace(/\/v2\/$/, ''),
      ];
      expect(new Set(found).size, found.join(' ')).toBe(1);
      return found[0];
    },
  };
}

const evil = {
  host: 'evil.test',
  'x-forwarded-host': 'evil.test',
  'x-forwarded-proto': 'https',
  forwarded: 'host=evil.test;proto=https',
};

describe('without settings links', () => {
  const links = linksWith({});

  it("lead to the listener's address", async () => {
    expect(await links.bases({})).toBe(links.own());
    expect(await links.bases({}, '/image')).toBe(`${links.own()}/image`);
  });

  it('believe nothing that a client says about hosts', async () => {
    expect(await links.bases(evil)).toBe(links.own());
  });
});

describe('with a public URL links', () => {
  const links = linksWith({ publicUrl: 'https://images.example.com/glance/' });

  it('begin with it', async () => {
    expect(await links.bases({})).toBe('https://images.example.com/glance');
    expect(await links.bases(evil)).toBe('https://images.example.com/glance');
  });

  it('carry the prefix that was used behind it', async () => {
    expect(await links.bases({}, '/image')).toBe('https://images.example.com/glance/image');
  });
});

describe('with public names links', () => {
  const links = linksWith({ publicNames: 'images.test:9292, Images.Example.com' });

  it.each(['images.test:9292', 'images.example.com', 'IMAGES.TEST:9292'])(
    'lead to %s for those who came that way',
    async (host) => {
      expect(await links.bases({ host })).toBe(`http://${host}`);
    },
  );

  it.each(['images.test', 'images.test:1', 'evil.test', 'images.example.com.evil.test'])(
    'never lead to %s',
    async (host) => {
      expect(await links.bases({ host })).toBe(links.own());
    },
  );

  it('believe no X-Forwarded-Proto of a stranger', async () => {
    const headers = { host: 'images.example.com', 'x-forwarded-proto': 'https' };
    expect(await links.bases(headers)).toBe('http://images.example.com');
  });
});

describe('behind a trusted proxy links', () => {
  const links = linksWith({ trustedProxies: '127.0.0.1' });

  it('lead where the proxy says', async () => {
    const headers = { 'x-forwarded-host': 'images.example.com', 'x-forwarded-proto': 'https' };
    expect(await links.bases(headers)).toBe('https://images.example.com');
    expect(await links.bases(headers, '/image')).toBe('https://images.example.com/image');
  });

  it('keep the scheme when the proxy says none or nonsense', async () => {
    const headers = { 'x-forwarded-host': 'images.example.com' };
    expect(await links.bases(headers)).toBe('http://images.example.com');
    const odd = { ...headers, 'x-forwarded-proto': 'javascript' };
    expect(await links.bases(odd)).toBe('http://images.example.com');
  });

  it('lead to the listener when the proxy says nothing', async () => {
    expect(await links.bases({ host: 'evil.test' })).toBe(links.own());
  });

  it.each(['evil.test/path', 'evil.test" x="', 'a@evil.test', 'a b', 'a, b'])(
    'never lead to a host such as %j',
    async (host) => {
      expect(await links.bases({ 'x-forwarded-host': host })).toBe(links.own());
    },
  );
});

describe('behind a proxy that is not trusted links', () => {
  const links = linksWith({ trustedProxies: '192.0.2.1' });

  it('lead to the listener', async () => {
    expect(await links.bases(evil)).toBe(links.own());
  });
});

describe('a listener of its own', () => {
  let gateway: TestGateway | undefined;
  beforeAll(async () => {
    gateway = await startTestGateway({ listen: { glance: 0 } });
  });
  afterAll(() => gateway?.stop());
  const base = (): string => gateway?.gateway.addresses.get('glance') ?? '';
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    rawRequest(base(), {
      method: 'GET',
      path,
      headers: { 'x-auth-token': 'demo-token', ...headers },
    });

  it('has a port of its own', () => {
    expect(base()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(base()).not.toBe(gateway?.url);
  });

  it.each(['/v1/images', '/v1.0/images', '/v1/', '/v2/images', '/v2.1/images', '/image/v1/images'])(
    'serves %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(JSON.parse(new TextDecoder().decode(answer.body))).toHaveProperty('images');
    },
  );

  it.each(['/', '/junk', '/v2.1x/images', '/v3'])(
    'has a choice of versions for %s',
    async (path) => {
      expect((await get(path)).status).toBe(300);
    },
  );

  it('writes links that lead to itself', async () => {
    const answer = await rawRequest(base(), {
      method: 'POST',
      path: '/v1/images',
      headers: { 'x-auth-token': 'demo-token' },
    });
    expect(answer.headers['location']).toMatch(`${base()}/v1/images/`);
  });

  it('shows the same images as the combined one', async () => {
    const { body } = await get('/v1/images');
    const combined = await rawRequest(gateway?.url ?? '', {
      method: 'GET',
      path: '/v1/images',
      headers: { 'x-auth-token': 'demo-token' },
    });
    expect(body).toEqual(combined.body);
  });
});
