import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  anImage,
  answer,
  cannedImage,
  type FakeGlance,
  imageId,
  reset,
  startFakeGlance,
} from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { RawSocket } from '../fixtures/raw-socket.ts';
import { operationNames, requestOf, until } from './setting.ts';

const canary = 'CANARY7f3a';
const headers = {
  'x-auth-token': canary,
  authorization: `Basic ${canary}`,
  cookie: `session=${canary}`,
  'x-service-token': canary,
  'x-glance-api-copy-from': `http://user:${canary}@127.0.0.1:80/x?sig=${canary}`,
  'x-image-meta-property-password': canary,
  'x-openstack-request-id': `req-${canary}`,
  referer: `http://x/?${canary}`,
  'x-subject-token': canary,
};

describe('secrets of requests', () => {
  let glance: FakeGlance;
  let gateway: TestGateway;
  let written = '';
  beforeEach(async () => {
    written = '';
    const take = (chunk: unknown): boolean => {
      written += String(chunk);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(take);
    vi.spyOn(process.stderr, 'write').mockImplementation(take);
    glance = await startFakeGlance();
    gateway = await startTestGateway({ glanceUrl: glance.url, accessLog: 'json' });
  });
  afterEach(async () => {
    await gateway.stop();
    await glance.stop();
    vi.restoreAllMocks();
  });
  const everything: [string, RequestInit][] = [
    ...operationNames.map(requestOf),
    ['/v2/images', {}],
    ['/v2/images', { method: 'POST', body: `{"p":"${canary}"}` }],
    [`/v2/images/${imageId}/file`, {}],
    [`/v2/images/${imageId}/file`, { method: 'PUT', body: canary }],
    ['/v1/nowhere', {}],
    ['/nowhere', {}],
  ];
  const askEverything = async (): Promise<string> => {
    let answers = '';
    for (const [target, init] of everything) {
      const got = await fetch(`${gateway.url}${target}?password=${canary}&token=${canary}`, {
        ...init,
        redirect: 'manual',
        headers: {
          ...headers,
          ...(init.headers as Record<string, string>),
          'x-auth-token': canary,
        },
      });
      // what v2 says is Glance's own
      if (got.status >= 400 && !target.startsWith('/v2')) answers += await got.text();
      else await got.arrayBuffer();
    }
    return answers;
  };

  it('never stand in the log, whatever comes of the request', async () => {
    const scripts = {
      well: undefined,
      refused: answer(401, { message: canary.slice(0, 3) }),
      broken: answer(200, `${canary} is no JSON`),
      failing: answer(500, { message: `swift+https://u:${canary}@inside` }),
      lost: reset,
      redirect: answer(302, undefined, { Location: `http://127.0.0.1:1/?${canary}` }),
      secretive: answer(
        200,
        cannedImage({ direct_url: canary, locations: [{ url: canary, metadata: {} }] }),
      ),
    };
    for (const script of Object.values(scripts)) {
      glance.reset();
      if (script) glance.on('*', /^\/v2/, script);
      const answers = await askEverything();
      if (script !== scripts.refused) expect(answers).not.toContain(canary);
    }
    await until(() => written.split('\n').length > everything.length * 7);
    expect(written).not.toContain(canary);
    for (const line of written.trim().split('\n')) {
      expect(Object.keys(JSON.parse(line))).toContain('request_id');
    }
  });

  it('do not appear when the request cannot be parsed, is repeated or leaves', async () => {
    for (const text of [
      `GET /v1/images HTTP/1.1\r\nHost: a\r\nX-Auth-Token: ${canary}\r\nbad header\r\n\r\n`,
      `GET /v1/images HTTP/1.1\r\nHost: a\r\nX-Auth-Token: ${canary}\r\nX-Auth-Token: ${canary}\r\n\r\n`,
      `GET /v1/images HTTP/1.1\r\nHost: a\r\nX-Auth-Token: ${canary}\r\nX-Big: ${'x'.repeat(300_000)}\r\n\r\n`,
      `GET /v1/images#${canary} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]) {
      const got = await new RawSocket(gateway.url).write(text).next();
      expect(`${got.head}${got.body}`).not.toContain(canary);
    }
    expect(written.replaceAll(/"path":"[^"]*"/g, '')).not.toContain(canary);
  });

  it('store addresses of an image are never shown in v1', async () => {
    const secret = `swift+https://u:${canary}@inside/x`;
    const image = cannedImage({ direct_url: secret, locations: [{ url: secret, metadata: {} }] });
    glance.on('GET', anImage, answer(200, image));
    glance.on('GET', /images\?/, answer(200, { images: [image] }));
    for (const target of ['/v1/images/detail', `/v1/images/${imageId}`]) {
      const got = await fetch(gateway.url + target);
      const shown = `${await got.text()}${JSON.stringify([...got.headers])}`;
      expect(shown).not.toContain(canary);
    }
  });
});
