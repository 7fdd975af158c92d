import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, type FakeGlance, startFakeGlance } from '../fixtures/fake-glance.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { askAt, askRaw, faultOf, projects } from './setting.ts';

let compute: FakeGlance;
let gateway: Awaited<ReturnType<typeof startTestGateway>>;
let own = '';
beforeAll(async () => {
  compute = await startFakeGlance();
  gateway = await startTestGateway({ computeUrl: compute.url, listen: { nova: 0 } });
  own = gateway.gateway.addresses.get('nova') ?? '';
});
afterAll(async () => {
  await gateway.stop();
  await compute.stop();
});

/** What reached the Compute service of one request. */
async function passed(...request: Parameters<typeof askRaw>) {
  compute.reset();
  compute.on(
    '*',
    /./,
    answer(
      202,
      { here: true },
      { 'X-Seen': 'yes', 'X-Compute-Request-Id': 'req-n', 'X-Openstack-Request-Id': 'req-n' },
    ),
  );
  const got = await askRaw(...request);
  return { got, seen: compute.seen };
}

describe('a path of Compute that is no image', () => {
  it.each([
    ['GET /v2.1/servers', '/v2.1/servers'],
    ['GET /v2.1/servers/detail?all_tenants=1&name=a+b%20%C3%BC&x', undefined],
    [`GET /v2.1/${projects.demo}/flavors`, undefined],
    ['GET /v2.1/abc-def/os-networks', undefined],
    [`DELETE /v2/${projects.demo}/servers/x`, undefined],
    ['PATCH /v2.1/os-aggregates/1', undefined],
    ['OPTIONS /v2.1/servers', undefined],
    ['GET /v2.1/limits', undefined],
    ['GET /v2.1/extensions', undefined],
    ['GET /v2.1/servers/a%20b%7Ec%41', undefined],
    ['GET /v2.1/imagesque', undefined],
    ['GET /v2.1/os-images', undefined],
    ['GET /compute/v2.1/servers', '/v2.1/servers'],
    ['GET /compute/v2/servers?a=%2F', '/v2/servers?a=%2F'],
    ['GET /compute/anything/at/all', '/anything/at/all'],
  ])('%s goes on as it is', async (line, target) => {
    const { got, seen } = await passed(gateway.url, line);
    const [method, path] = line.split(' ');
    expect(seen.map((each) => `${each.method} ${each.target}`)).toEqual([
      `${method} ${target ?? path}`,
    ]);
    expect(got.status).toBe(202);
    expect(got.json).toEqual({ here: true });
    expect(got.head).toMatch(/^x-seen: yes\r$/im);
    expect(got.head.match(/^x-(?:compute|openstack)-request-id: .*$/gim)).toHaveLength(2);
    expect(got.head).toMatch(/^x-compute-request-id: req-n\r$/im);
  });

  it('HEAD goes on', async () => {
    const { got, seen } = await passed(gateway.url, 'HEAD /v2.1/servers');
    expect(seen.map(({ method }) => method)).toEqual(['HEAD']);
    expect([got.status, got.text]).toEqual([202, '']);
  });

  it('needs no token that is known here', async () => {
    const { got, seen } = await passed(gateway.url, 'GET /v2.1/servers', []);
    expect([got.status, seen.length]).toEqual([202, 1]);
    expect(seen[0]?.headers).not.toHaveProperty('x-auth-token');
  });

  it('goes on from the own listener, version documents and all', async () => {
    for (const path of [
      '/',
      '/v2.1',
      '/v2.1/',
      '/v2',
      '/v2/',
      '/v2/servers',
      '/v3/x',
      `/v2.1/${projects.demo}/`,
    ]) {
      const { got, seen } = await passed(own, `GET ${path}`, []);
      expect([path, got.status, seen.map(({ target }) => target)]).toEqual([path, 202, [path]]);
    }
  });

  it('has its version documents from there on the combined listener too', async () => {
    for (const [path, theirs] of [
      ['/v2.1', '/v2.1'],
      ['/v2.1/', '/v2.1/'],
      ['/compute/', '/'],
      ['/compute', '/'],
      ['/compute/v2/', '/v2/'],
    ]) {
      const { seen } = await passed(gateway.url, `GET ${path}`, []);
      expect([path, seen.map(({ target }) => target)]).toEqual([path, [theirs]]);
    }
  });

  // right: the raw path as it came; now the slashes after the version are one
  it('keeps doubled slashes', async () => {
    const { seen } = await passed(gateway.url, 'GET /v2.1//servers');
    expect(seen[0]?.target).toBe('/v2.1//servers');
  });
});

describe('headers', () => {
  it('go on, but for those of one hop and those of identity', async () => {
    const sent = [
      'X-Auth-Token: demo-token',
      'X-Service-Token: service',
      'OpenStack-API-Version: compute 2.93',
      'X-OpenStack-Nova-API-Version: 2.93',
      'X-Openstack-Request-Id: req-client',
      'Accept: application/json',
      'User-Agent: python-novaclient',
      'X-Custom: kept',
      'Cookie: c=1',
      'If-None-Match: "e"',
    ];
    const dropped = [
      'X-Roles: admin',
      'X-Role: admin',
      'X_ROLES: admin',
      'X-User: u',
      'X-User-Id: u',
      'X-User-Name: u',
      'X-Project-Id: p',
      'X-Tenant-Id: p',
      'X-Domain-Id: d',
      'X-Identity-Status: Confirmed',
      'X-Is-Admin-Project: True',
      'X-Service-Roles: admin',
      'X-Service-Identity-Status: Confirmed',
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Proxy-Authorization: Basic x',
      'X-Hop: dropped',
      'Connection: close, X-Hop',
    ];
    const { seen } = await passed(gateway.url, 'GET /v2.1/servers', [...sent, ...dropped]);
    const headers = seen[0]?.headers ?? {};
    const expected = Object.fromEntries(
      sent.map((line) => [line.split(': ')[0]?.toLowerCase(), line.split(': ')[1]]),
    );
    expect(headers).toMatchObject(expected);
    // the gateway asks for bytes as they are
    const allowed = [...Object.keys(expected), 'host', 'connection', 'accept-encoding'];
    expect(Object.keys(headers).filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it('keep the Host that the client used', async () => {
    const { seen } = await passed(gateway.url, 'GET /v2.1/servers');
    expect(seen[0]?.headers['host']).toBe(new URL(gateway.url).host);
  });

  // right: the Identity middleware sets this one too; now it is passed on
  it('of the system scope do not go on', async () => {
    const { seen } = await passed(gateway.url, 'GET /v2.1/servers', [
      'OpenStack-System-Scope: all',
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('openstack-system-scope');
  });

  it('come back, but for those of one hop', async () => {
    compute.reset();
    compute.on(
      '*',
      /./,
      answer(
        201,
        {},
        {
          Location: 'http://compute.example/v2.1/servers/1',
          'OpenStack-API-Version': 'compute 2.93',
          Vary: 'A, B',
          'Keep-Alive': 'timeout=99',
          'X-Hop': 'dropped',
          Connection: 'keep-alive, X-Hop',
        },
      ),
    );
    const got = await askAt(gateway.url, 'POST /v2.1/servers', { json: {} });
    expect(got.headers.get('location')).toBe('http://compute.example/v2.1/servers/1');
    expect(got.headers.get('openstack-api-version')).toBe('compute 2.93');
    expect(got.headers.get('vary')).toBe('A, B');
    expect(got.headers.get('x-hop')).toBeNull();
    expect(got.headers.get('keep-alive')).not.toBe('timeout=99');
  });
});

describe('cookies', () => {
  const cookies = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'];

  it.each(['GET', 'POST'])('come back each in a line of its own from a %s', async (method) => {
    compute.reset();
    compute.on('*', /./, ({ outgoing }) =>
      outgoing.writeHead(200, { 'set-cookie': cookies }).end(),
    );
    const json = method === 'POST' ? {} : undefined;
    const got = await askAt(gateway.url, `${method} /v2.1/servers`, { json });
    expect(got.headers.getSetCookie()).toEqual(cookies);
  });
});

describe('bodies', () => {
  it('go on unchanged, with a length or in chunks', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
    const md5 = createHash('md5').update(bytes).digest('hex');
    for (const chunked of [false, true]) {
      compute.reset();
      compute.on('*', /./, answer(202, {}));
      const head = [
        `POST /v2.1/servers/x/action HTTP/1.1`,
        'Host: localhost',
        'X-Auth-Token: demo-token',
        'Content-Type: application/octet-stream',
        chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`,
      ];
      const body = chunked
        ? Buffer.concat([
            Buffer.from(`${bytes.length.toString(16)}\r\n`),
            bytes,
            Buffer.from('\r\n0\r\n\r\n'),
          ])
        : bytes;
      const all = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
      expect((await rawAsk(gateway.url, all)).status).toBe(202);
      expect(compute.seen[0]).toMatchObject({ bytes: bytes.length, md5, complete: true });
      expect(compute.seen[0]?.headers['content-type']).toBe('application/octet-stream');
    }
  });

  it('are not judged by the rules of image metadata', async () => {
    const text = 'x'.repeat(200_000);
    const { got, seen } = await passed(
      gateway.url,
      'POST /v2.1/servers',
      ['Content-Type: application/xml'],
      text,
    );
    expect([got.status, seen[0]?.bytes]).toEqual([202, text.length]);
  });

  it('of errors come back as they are', async () => {
    compute.reset();
    compute.on('*', /./, answer(409, { conflictingRequest: { code: 409, message: 'no' } }));
    const got = await askAt(gateway.url, 'DELETE /v2.1/servers/x');
    expect([got.status, got.json]).toEqual([
      409,
      { conflictingRequest: { code: 409, message: 'no' } },
    ]);
  });
});

describe('images', () => {
  it.each([
    ['GET /v2.1/images', 200],
    ['GET /v2.1/images/detail', 200],
    [`GET /v2.1/${projects.demo}/images`, 200],
    [`GET /v2/${projects.demo}/images`, 200],
    ['GET /compute/v2/images', 200],
    ['GET /v2.1/images/x', 404],
    ['GET /v2.1/images/x/metadata', 404],
    ['PATCH /v2.1/images', 404],
    ['DELETE /v2.1/images', 404],
    ['PUT /v2.1/images/x', 404],
    ['GET /v2.1/images/x/file', 404],
    ['GET /v2.1/images/', 404],
    ['OPTIONS /v2.1/images', 200],
    ['GET /v2.1//images', 200],
    [`GET /v2.1/${projects.alt}/images`, 400],
  ])('%s is answered here', async (line, status) => {
    const { got, seen } = await passed(gateway.url, line);
    expect([got.status, seen.length]).toEqual([status, 0]);
  });

  it('are answered here in a version that the proxy ended with', async () => {
    const { got, seen } = await passed(gateway.url, 'GET /v2.1/images', [
      'X-Auth-Token: demo-token',
      'X-OpenStack-Nova-API-Version: 2.93',
    ]);
    expect([got.status, seen.length]).toEqual([404, 0]);
  });

  it('of Glance stay its own', async () => {
    const { got, seen } = await passed(gateway.url, 'GET /v2/images');
    expect([got.status, got.json['schema'], seen.length]).toEqual([200, '/v2/schemas/images', 0]);
  });
});

describe('a Compute service that is down', () => {
  it("is 503 in Nova's form, and images are served", async () => {
    const gone = await startFakeGlance();
    const alone = await startTestGateway({ computeUrl: gone.url, listen: { nova: 0 } });
    await gone.stop();
    for (const line of ['GET /v2.1/servers', 'POST /v2.1/servers', 'GET /v2.1/', 'GET /compute/']) {
      const json = line.startsWith('POST') ? {} : undefined;
      const got = await askAt(alone.url, line, { json });
      expect([line, got.status, faultOf(got)[0]]).toEqual([line, 503, 'serviceUnavailable']);
      expect(got.headers.get('retry-after')).toBe('5');
      expect(got.headers.get('x-compute-request-id')).toMatch(/^req-/);
      expect(got.text).not.toContain('127.0.0.1');
    }
    expect((await askAt(alone.url, 'GET /v2.1/images')).status).toBe(200);
    await alone.stop();
  });
});
