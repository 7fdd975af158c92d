import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meaningOf } from '../../src/config/kinds.ts';
import { configKeys, configSchema, environmentName } from '../../src/config/schema.ts';
import { Client, hello, rawFormats } from '../behaviour/client.ts';
import { projects, tokens } from '../behaviour/node-target.ts';
import { rawRequest } from '../behaviour/raw-request.ts';
import { startFakeGlance } from '../fixtures/fake-glance.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
import { rawAsk } from '../fixtures/raw-socket.ts';
import { startWorkerd } from '../fixtures/workerd.ts';

function clientOf(url: string): Client {
  return new Client({
    tokens,
    projects,
    isExact: true,
    seesDots: false,
    knowsRoles: true,
    base: () => url,
    source: undefined,
    fetch: (asked) => rawRequest(url, asked),
  });
}

describe('the configuration that comes along for workerd', () => {
  const said = readFileSync('workerd.capnp', 'utf8');
  const taken = configKeys.filter((key) => !meaningOf(configSchema.shape[key]).nodeOnly);

  it.each(taken.map(environmentName))('takes %s from the environment', (name) => {
    expect(said).toContain(`(name = "${name}", fromEnvironment = "${name}")`);
  });

  it('takes nothing that has no effect', () => {
    expect(said.match(/fromEnvironment/g)).toHaveLength(taken.length);
  });
});

describe('workerd with the configuration that comes along', () => {
  let demo: Awaited<ReturnType<typeof startWorkerd>>;
  beforeAll(async () => {
    execFileSync('npm', ['run', '--silent', 'build:worker'], { stdio: 'pipe' });
    demo = await startWorkerd('workerd.capnp');
  });
  afterAll(() => demo.stop());

  it('serves the demo in every API', async () => {
    const client = clientOf(demo.url);
    const { id } = await client.create(hello.text);
    expect((await client.get(`/v1/images/${id}`)).text).toBe(hello.text);
    expect((await client.v2Show(id))['checksum']).toBe(hello.md5);
    expect((await client.get(`/v2.1/images/${id}`)).json.image.status).toBe('ACTIVE');
    const authorization = `Basic ${btoa('demo+demo:secret')}`;
    const asked = { as: null, headers: { authorization, accept: 'application/xml' } };
    expect((await client.get(`/api/images/${id}`, asked)).text).toContain(`id='${id}'`);
  });

  it.each([
    'x-image-meta-name: Gr\xfc',
    'x-image-meta-name: a\x01b',
    'x-image-meta-property-gr\xc3\xbc: a',
    'x-image-meta-name: a\r\nUser-Agent: \x7f',
  ])('refuses an image whose header is %j', async (line) => {
    const head = `POST /v1/images HTTP/1.1\r\nHost: a\r\nX-Auth-Token: demo-token\r\n${line}`;
    expect((await rawAsk(demo.url, `${head}\r\nContent-Length: 0\r\n\r\n`)).status).toBe(400);
  });

  it.each([
    ['/v1\\images', 404],
    ['/v1/%2e%2e/v1/images', 404],
    ['/v1/images#part', 400],
    ['/v1/images/gr\xc3\xbc', 400],
  ])('answers the path %s as Node does, with %i', async (path, status) => {
    const ask = `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: demo-token\r\n\r\n`;
    expect((await rawAsk(demo.url, ask)).status).toBe(status);
  });

  it('refuses a body of two lengths', async () => {
    const head = 'PUT /v1/images/x HTTP/1.1\r\nHost: a\r\nX-Auth-Token: demo-token\r\n';
    const both = 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n';
    const { status, body } = await rawAsk(demo.url, head + both);
    expect([status, body.toString()]).toEqual([400, expect.stringContaining('malformed')]);
  });

  it('refuses a Host that is none', async () => {
    const ask = 'GET /v1/images HTTP/1.1\r\nHost: 999.999.999.999\r\n\r\n';
    const { status, body } = await rawAsk(demo.url, ask);
    expect([status, body.toString()]).toEqual([400, expect.stringContaining('Host')]);
  });

  it('reaches a Glance that has no public address, by the binding alone', async () => {
    const glance = await startTestGateway();
    const { url, stop } = await startWorkerd(
      'workerd.capnp',
      [`--external-addr=glance=${new URL(glance.url).host}`],
      { POLYGLANCE_GLANCE_URL: 'http://glance.invalid', POLYGLANCE_ACCESS_LOG: 'off' },
    );
    const client = clientOf(url);
    const { id } = await client.create([hello.text], rawFormats);
    expect((await clientOf(glance.url).v2Show(id))['checksum']).toBe(hello.md5);
    expect((await client.get(`/v1/images/${id}`)).text).toBe(hello.text);
    await stop();
    await glance.stop();
  });

  it("shows Compute the client's Host, by the binding, and passes its cookies one by one", async () => {
    const compute = await startFakeGlance();
    compute.on('*', /./, ({ outgoing }) =>
      outgoing.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end(),
    );
    const { url, stop } = await startWorkerd(
      'workerd.capnp',
      [`--external-addr=nova=${new URL(compute.url).host}`],
      { POLYGLANCE_COMPUTE_URL: 'http://nova.invalid/compute', POLYGLANCE_ACCESS_LOG: 'off' },
    );
    const ask = 'GET /v2.1/servers?a=%2F HTTP/1.1\r\nHost: images.example:8080\r\n\r\n';
    const { head } = await rawAsk(url, ask);
    expect(head.toString().match(/^set-cookie: .*$/gim)).toHaveLength(2);
    expect(compute.seen.map(({ target, headers }) => [target, headers['host']])).toEqual([
      ['/compute/v2.1/servers?a=%2F', 'images.example:8080'],
    ]);
    await stop();
    await compute.stop();
  });
});
