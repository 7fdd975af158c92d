import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client, hello, rawFormats } from '../behaviour/client.ts';
import { projects, tokens } from '../behaviour/node-target.ts';
import { rawRequest } from '../behaviour/raw-request.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
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

describe('workerd with the configuration that comes along', () => {
  beforeAll(() => {
    execFileSync('npm', ['run', '--silent', 'build:worker'], { stdio: 'pipe' });
  });

  it('serves the demo in every API', async () => {
    const { url, stop } = await startWorkerd('workerd.capnp');
    const client = clientOf(url);
    const { id } = await client.create(hello.text);
    expect((await client.get(`/v1/images/${id}`)).text).toBe(hello.text);
    expect((await client.v2Show(id))['checksum']).toBe(hello.md5);
    expect((await client.get(`/v2.1/images/${id}`)).json.image.status).toBe('ACTIVE');
    const authorization = `Basic ${btoa('demo+demo:secret')}`;
    const asked = { as: null, headers: { authorization, accept: 'application/xml' } };
    expect((await client.get(`/api/images/${id}`, asked)).text).toContain(`id='${id}'`);
    await stop();
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
});
