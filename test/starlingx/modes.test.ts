import { afterEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

const patchType = 'application/openstack-images-v2.1-json-patch';

async function send(method: string, path: string, type: string, body: unknown) {
  const answer = await fetch(`${gateway?.url}${path}`, {
    method,
    headers: { 'x-auth-token': 'demo-token', accept: 'application/json', 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, document: text === '' ? {} : JSON.parse(text) };
}

const create = (properties: Record<string, string>) =>
  send('POST', '/v2/images', 'application/json', properties);

describe('mode off', () => {
  it('takes anything', async () => {
    gateway = await startTestGateway({ starlingx: 'off' });
    const { status, document } = await create({ sw_wrs_auto_recovery: 'maybe' });
    expect([status, document.sw_wrs_auto_recovery]).toEqual([201, 'maybe']);
  });
});

describe('mode native', () => {
  it('leaves cache_raw and store alone', async () => {
    gateway = await startTestGateway();
    const { status, document } = await create({ cache_raw: 'perhaps', store: 'attic' });
    expect([status, document.cache_raw, document.store]).toEqual([201, 'perhaps', 'attic']);
  });
});

describe('mode strict', () => {
  it.each(['store', 'cache_raw_status', 'cache_raw_size', 'cache_raw_url'])(
    'refuses to write %s as Glance refuses a read-only attribute',
    async (property) => {
      gateway = await startTestGateway({ starlingx: 'strict' });
      const { status, document } = await create({ [property]: 'x' });
      expect(status).toBe(403);
      expect(document.message).toBe(`Attribute '${property}' is read-only.<br /><br />\n\n\n`);
    },
  );

  it('refuses to take a read-only property away', async () => {
    gateway = await startTestGateway({ starlingx: 'strict' });
    const { document: image } = await create({ name: 's' });
    const patch = [{ op: 'remove', path: '/cache_raw_status' }];
    const { status } = await send('PATCH', `/v2/images/${image.id}`, patchType, patch);
    expect(status).toBe(403);
  });

  it('wants cache_raw to be True or False', async () => {
    gateway = await startTestGateway({ starlingx: 'strict' });
    expect((await create({ cache_raw: 'perhaps' })).status).toBe(400);
    expect((await create({ cache_raw: 'true' })).document.cache_raw).toBe('True');
  });
});
