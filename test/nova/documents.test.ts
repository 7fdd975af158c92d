import { describe, expect, it } from 'vitest';
import { askAt, projects, useNova } from './setting.ts';

const nova = useNova({ listen: { nova: 0 } });
const own = () => nova.gateway.gateway.addresses.get('nova') ?? '';
const anonymous = { token: null };

const current = {
  id: 'v2.1',
  status: 'CURRENT',
  version: '2.93',
  min_version: '2.1',
  updated: '2013-07-23T11:33:21Z',
};
const legacy = {
  id: 'v2.0',
  status: 'SUPPORTED',
  version: '',
  min_version: '',
  updated: '2011-01-21T11:33:21Z',
};
const describedby = {
  rel: 'describedby',
  type: 'text/html',
  href: 'http://docs.openstack.org/',
};
const media = (version: string) => [
  {
    base: 'application/json',
    type: `application/vnd.openstack.compute+json;version=${version}`,
  },
];

describe('the list of versions', () => {
  it('needs no token, on the own listener and below the prefix', async () => {
    for (const [base, target, prefix] of [
      [own(), '/', ''],
      [own(), '', ''],
      [nova.url, '/compute', '/compute'],
      [nova.url, '/compute/', '/compute'],
    ] as const) {
      const got = await askAt(base, `GET ${target}`, anonymous);
      expect(got.status).toBe(200);
      expect(got.headers.get('content-type')).toBe('application/json');
      expect(got.json).toEqual({
        versions: [
          { ...legacy, links: [{ rel: 'self', href: `${base}${prefix}/v2/` }] },
          { ...current, links: [{ rel: 'self', href: `${base}${prefix}/v2.1/` }] },
        ],
      });
    }
  });

  it("of the combined listener is Glance's", async () => {
    const got = await nova.ask('GET /', anonymous);
    expect(got.status).toBe(300);
  });
});

describe('the document of one version', () => {
  it.each(['/v2.1', '/v2.1/', `/v2.1/${projects.demo}/`])('v2.1 at %s', async (path) => {
    for (const [base, prefix] of [
      [own(), ''],
      [nova.url, ''],
      [nova.url, '/compute'],
    ] as const) {
      const got = await askAt(
        base,
        `GET ${prefix}${path}`,
        path.includes(projects.demo) ? {} : anonymous,
      );
      expect(got.status).toBe(200);
      expect(got.json).toEqual({
        version: {
          ...current,
          links: [{ rel: 'self', href: `${base}${prefix}/v2.1/` }, describedby],
          'media-types': media('2.1'),
        },
      });
      expect(got.headers.get('openstack-api-version')).toBe('compute 2.1');
    }
  });

  it.each(['/v2', '/v2/', `/v2/${projects.demo}/`])('v2.0 at %s', async (path) => {
    for (const [base, prefix] of [
      [own(), ''],
      [nova.url, '/compute'],
    ] as const) {
      const got = await askAt(
        base,
        `GET ${prefix}${path}`,
        path.includes(projects.demo) ? {} : anonymous,
      );
      expect(got.status).toBe(200);
      expect(got.json).toEqual({
        version: {
          ...legacy,
          links: [{ rel: 'self', href: `${base}${prefix}/v2/` }, describedby],
          'media-types': media('2'),
        },
      });
      expect(got.headers.get('openstack-api-version')).toBeNull();
    }
  });

  it('echoes the version asked for, those beyond the end too', async () => {
    for (const [asked, echoed] of [
      ['2.36', '2.36'],
      ['2.93', '2.93'],
      ['latest', '2.93'],
    ]) {
      const headers = { 'openstack-api-version': `compute ${asked}` };
      const got = await nova.ask('GET /v2.1/', { ...anonymous, headers });
      expect(got.status).toBe(200);
      expect(got.headers.get('openstack-api-version')).toBe(`compute ${echoed}`);
      expect(got.headers.get('x-openstack-nova-api-version')).toBe(echoed);
    }
  });

  // right: as on every other endpoint; now the document is shown, without or with that version
  it.each([
    ['2.999', 406],
    ['2.0', 406],
    ['abc', 400],
  ])('refuses the version %s', async (version, status) => {
    const headers = { 'x-openstack-nova-api-version': version };
    const got = await nova.ask('GET /v2.1/', { ...anonymous, headers });
    expect(got.status).toBe(status);
  });

  // right: below a project a token is asked for, as real Nova does; now the document is for anybody
  it.each([`/v2.1/${projects.demo}/`, `/v2/${projects.demo}/`])(
    'at %s needs a token',
    async (path) => {
      expect((await nova.ask(`GET ${path}`, anonymous)).status).toBe(401);
    },
  );

  it('leaves /v2 and /v2/ of the combined listener to Glance', async () => {
    expect((await nova.ask('GET /v2/', anonymous)).json.version).toBeUndefined();
  });
});

describe('any other first segment', () => {
  it.each(['/v3', '/v3/images', '/v1.1/images', '/images', '/V2.1/images', '/v2.10/images'])(
    '%s is 300 and names both versions',
    async (path) => {
      const got = await askAt(own(), `GET ${path}`, anonymous);
      expect(got.status).toBe(300);
      expect(got.json.choices.map(({ id, status }) => [id, status])).toEqual([
        ['v2.0', 'SUPPORTED'],
        ['v2.1', 'CURRENT'],
      ]);
      for (const choice of got.json.choices) {
        expect(Object.keys(choice)).toEqual(['id', 'status', 'links', 'media-types']);
        expect(choice.links[0]?.rel).toBe('self');
        expect(choice.links[0]?.href).toMatch(new RegExp(`^${own()}/v2(\\.1)?(/|$)`));
      }
    },
  );

  it('is 300 below the prefix as well', async () => {
    const got = await nova.ask('GET /compute/v3/images', anonymous);
    expect(got.status).toBe(300);
  });

  // right: the prefix is no segment of the path asked for; now the link is /compute/v2.1/v3/images
  it('leads below the prefix to the same place as on the own listener', async () => {
    const hrefs = async (base: string, prefix: string) =>
      (await askAt(base, `GET ${prefix}/v3/images`, anonymous)).json.choices.map(({ links }) =>
        links[0]?.href.replace(base + prefix, ''),
      );
    expect(await hrefs(nova.url, '/compute')).toEqual(await hrefs(own(), ''));
  });
});

describe('/limits', () => {
  it('shows the metadata limit as long as there is metadata', async () => {
    const limits = async (version: string) => {
      const headers = { 'x-openstack-nova-api-version': version };
      const got = await nova.ask('GET /v2.1/limits', { headers });
      expect(got.headers.get('x-openstack-nova-api-version')).toBe(version);
      return got.json.limits.absolute['maxImageMeta'];
    };
    expect(await limits('2.1')).toBe(128);
    expect(await limits('2.38')).toBe(128);
    expect(await limits('2.39')).toBeUndefined();
  });

  it('is there in every form of the path', async () => {
    for (const root of [`/v2.1/${projects.demo}`, `/v2/${projects.demo}`, '/compute/v2']) {
      const got = await nova.ask(`GET ${root}/limits`);
      expect([got.status, got.json.limits.absolute['maxImageMeta']]).toEqual([200, 128]);
    }
  });

  it('refuses what is no version', async () => {
    for (const [version, status] of [
      ['abc', 400],
      ['2.999', 406],
    ] as const) {
      const headers = { 'x-openstack-nova-api-version': version };
      expect((await nova.ask('GET /v2.1/limits', { headers })).status).toBe(status);
    }
  });

  // right: only version documents are for anybody; now the limits are as well
  it('needs a token', async () => {
    expect((await nova.ask('GET /v2.1/limits', { token: null })).status).toBe(401);
    expect((await nova.ask('GET /v2.1/limits', { token: 'no-such-token' })).status).toBe(401);
  });

  // right: as on the other endpoints with a project; now any project will do
  it("needs the token's project in the path", async () => {
    expect((await nova.ask(`GET /v2.1/${projects.alt}/limits`)).status).toBe(400);
  });
});
