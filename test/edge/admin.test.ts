import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest } from '../behaviour/raw-request.ts';
import { freePort } from '../cli/program.ts';
import { startTestGateway } from '../fixtures/gateway.ts';
import { workerTarget } from '../workerd/worker-target.ts';

const adminToken = 'canary-admin-token';

/** Where images are served, and where operators ask. */
interface Running {
  readonly images: string;
  readonly admin: string;
  readonly stop: () => Promise<void>;
}

async function onNode(token?: string): Promise<Running> {
  const { url, gateway, stop } = await startTestGateway({
    adminPort: await freePort(),
    ...(token && { adminToken: token }),
  });
  return { images: url, admin: gateway.addresses.get('admin') ?? '', stop };
}

async function onWorkerd(token?: string): Promise<Running> {
  const target = workerTarget(token === undefined ? {} : { POLYGLANCE_ADMIN_TOKEN: token });
  await target.start();
  return { images: target.base(), admin: target.base(), stop: target.stop };
}

async function ask(base: string, path: string, authorization?: string, method = 'GET') {
  const headers = authorization === undefined ? {} : { authorization };
  const answer = await rawRequest(base, { method, path, headers });
  return { ...answer, text: new TextDecoder().decode(answer.body) };
}

const paths = ['/healthz', '/readyz', '/metrics'] as const;

describe.each([
  ['Node', onNode],
  ['workerd', onWorkerd],
])('with a token for operators on %s', (_, start) => {
  let running: Running;
  beforeAll(async () => {
    running = await start(adminToken);
  });
  afterAll(() => running.stop());

  it('its bearer is told that the gateway lives, and that it is ready', async () => {
    const health = await ask(running.admin, '/healthz', `Bearer ${adminToken}`);
    expect([health.status, health.text]).toEqual([200, 'ok\n']);
    const ready = await ask(running.admin, '/readyz', `Bearer ${adminToken}`);
    expect([ready.status, ready.text]).toEqual([200, 'ready\n']);
    const head = await ask(running.admin, '/readyz', `Bearer ${adminToken}`, 'HEAD');
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('its bearer may write the scheme in any case', async () => {
    for (const scheme of ['bearer', 'BEARER']) {
      expect((await ask(running.admin, '/healthz', `${scheme} ${adminToken}`)).status).toBe(200);
    }
  });

  it('its bearer is told what was counted', async () => {
    await ask(running.images, '/v1/images');
    const { text, headers } = await ask(running.admin, '/metrics', `Bearer ${adminToken}`);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toMatch(
      /^polyglance_requests_total\{dialect="glance-v1",operation="list",status="401"\} [1-9]/m,
    );
    expect(text).not.toContain(adminToken);
  });

  it.each(paths)('%s is not there for anybody else', async (path) => {
    const wrong = [undefined, adminToken, 'Bearer ', `Bearer ${adminToken}x`, 'Basic YTpi'];
    const nothing = await ask(running.admin, '/nothing');
    for (const authorization of wrong) {
      const answer = await ask(running.admin, path, authorization);
      expect([answer.status, answer.text]).toEqual([nothing.status, nothing.text]);
    }
    const posted = await ask(running.admin, path, `Bearer ${adminToken}`, 'POST');
    expect(posted.status).toBe((await ask(running.admin, '/nothing', undefined, 'POST')).status);
  });
});

it('on Node without a token, whoever reaches the listener is told', async () => {
  const running = await onNode();
  for (const path of paths) expect((await ask(running.admin, path)).status).toBe(200);
  await running.stop();
});

it('on workerd without a token, there is nothing for operators', async () => {
  const running = await onWorkerd();
  for (const path of paths) {
    // the answer of the Image service to any path of no version
    expect((await ask(running.admin, path, 'Bearer ')).status).toBe(300);
  }
  await running.stop();
});
