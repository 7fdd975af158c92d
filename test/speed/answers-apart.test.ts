import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, cannedImage, type FakeGlance, startFakeGlance } from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';

/** The same image to everybody: what differs between answers is what the request says. */
const image = cannedImage({ os_distro: 'debian' });
const page = { images: [image], schema: '/v2/schemas/images' };

let glance: FakeGlance;
let gateway: TestGateway;

beforeAll(async () => {
  glance = await startFakeGlance();
  gateway = await startTestGateway({ glanceUrl: glance.url, trustedProxies: '127.0.0.1' });
  glance.on('GET', /^\/v2\/images\?/, answer(200, page));
  glance.on('GET', /^\/v2\/images\/[^/]+$/, answer(200, image));
});
afterAll(async () => {
  await gateway.stop();
  await glance.stop();
});

const id = image['id'] as string;

/** Requests whose answers are made of the same two texts of Glance, each different from all others. */
const requests: Readonly<Record<string, [target: string, headers?: Record<string, string>]>> = {
  'v1 brief': ['/v1/images'],
  'v1 detail': ['/v1/images/detail'],
  'nova brief': ['/v2.1/images'],
  'nova detail': ['/v2.1/images/detail'],
  'nova detail, with a next page': ['/v2.1/images/detail?limit=1'],
  'nova detail, of a project': ['/v2.1/0d000000000000000000000000000002/images/detail'],
  'nova detail, of another': ['/v2.1/0d000000000000000000000000000003/images/detail'],
  'nova detail, legacy': ['/v2/0d000000000000000000000000000002/images/detail'],
  'nova detail, by its prefix': ['/compute/v2.1/images/detail'],
  'nova detail, behind a proxy': ['/v2.1/images/detail', { 'x-forwarded-host': 'one.example' }],
  'nova detail, behind TLS': [
    '/v2.1/images/detail',
    { 'x-forwarded-host': 'one.example', 'x-forwarded-proto': 'https' },
  ],
  'nova show': [`/v2.1/images/${id}`],
  'nova show, behind a proxy': [`/v2.1/images/${id}`, { 'x-forwarded-host': 'one.example' }],
  'nova metadata': [`/v2.1/images/${id}/metadata`],
  'deltacloud list': ['/api/images', { accept: 'application/xml' }],
  'deltacloud list, JSON': ['/api/images', { accept: 'application/json' }],
  'deltacloud list, HTML': ['/api/images', { accept: 'text/html' }],
  'deltacloud list, behind a proxy': ['/api/images', { 'x-forwarded-host': 'one.example' }],
  'deltacloud show': [`/api/images/${id}`],
  'deltacloud show, JSON': [`/api/images/${id}`, { accept: 'application/json' }],
  'v2 list': ['/v2/images'],
  'v2 show': [`/v2/images/${id}`],
};

async function ask([target, headers]: [string, Record<string, string>?]): Promise<string> {
  const response = await fetch(gateway.url + target, {
    headers: { 'x-auth-token': 'token', ...headers },
  });
  expect(response.status).toBe(200);
  return response.text();
}

describe('answers made of the same text of Glance', () => {
  it('differ as the requests do, however often and in whatever order they are asked', async () => {
    const names = Object.keys(requests);
    const first = new Map<string, string>();
    for (const name of names) first.set(name, await ask(requests[name] ?? ['']));
    const alike = names.filter((a) => names.some((b) => a !== b && first.get(a) === first.get(b)));
    expect(alike).toEqual([]);
    for (let round = 0; round < 3; round += 1) {
      for (const name of round % 2 === 0 ? names.toReversed() : names) {
        expect(await ask(requests[name] ?? ['']), name).toBe(first.get(name));
      }
    }
  });

  it('carry the headers of their own request', async () => {
    const versions = ['2.1', '2.30', '2.2', '2.30'];
    for (let round = 0; round < 3; round += 1) {
      for (const version of versions) {
        const { headers } = await fetch(`${gateway.url}/v2.1/images/detail`, {
          headers: { 'x-auth-token': 'token', 'openstack-api-version': `compute ${version}` },
        });
        expect(headers.get('openstack-api-version')).toBe(`compute ${version}`);
      }
    }
  });

  it('are made of what Glance says now', async () => {
    const shown = async () => JSON.parse(await ask(['/v1/images/detail'])).images[0].name;
    for (let i = 0; i < 3; i += 1) expect(await shown()).toBe('canned');
    glance.on('GET', /^\/v2\/images\?/, answer(200, { images: [{ ...image, name: 'renamed' }] }));
    for (let i = 0; i < 3; i += 1) expect(await shown()).toBe('renamed');
  });
});
