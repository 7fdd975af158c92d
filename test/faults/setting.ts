import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type FakeGlance, imageId, startFakeGlance } from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';

/** A gateway and the scripted Glance behind it, for one file. */
export interface Setting {
  readonly url: string;
  readonly glance: FakeGlance;
  readonly gateway: TestGateway;
  readonly ask: (target: string, init?: RequestInit) => Promise<Response>;
}

export const octets = 'application/octet-stream';
/** What a v1 request needs to carry image data. */
export const dataHeaders = {
  'content-type': octets,
  'x-auth-token': 'token',
  'x-image-meta-name': 'uploaded',
  'x-image-meta-disk_format': 'raw',
  'x-image-meta-container_format': 'bare',
};

/** Starts both before the tests of a file; rules and records of the fake are forgotten between tests. */
export function useFakeGlance(settings: Record<string, unknown> = {}): Setting {
  let glance: FakeGlance | undefined;
  let gateway: TestGateway | undefined;
  beforeAll(async () => {
    glance = await startFakeGlance();
    gateway = await startTestGateway({ glanceUrl: glance.url, ...settings });
  });
  afterEach(() => glance?.reset());
  afterAll(async () => {
    await gateway?.stop();
    await glance?.stop();
  });
  const started = <T>(thing: T | undefined): T => {
    if (!thing) throw new Error('not started');
    return thing;
  };
  return {
    get url() {
      return started(gateway).url;
    },
    get glance() {
      return started(glance);
    },
    get gateway() {
      return started(gateway);
    },
    ask: (target, init = {}) =>
      fetch(started(gateway).url + target, {
        redirect: 'manual',
        ...init,
        headers: { 'x-auth-token': 'token', ...(init.headers as Record<string, string>) },
      }),
  };
}

/** The JSON of an answer, believed. */
export async function jsonOf<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, limit = 5000) {
  const deadline = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the condition was never met');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The longest of some ordinary requests, in milliseconds. */
export async function slowest(ask: (target: string) => Promise<Response>): Promise<number> {
  let worst = 0;
  for (let i = 0; i < 30; i += 1) {
    const start = performance.now();
    expect((await ask('/v1/images')).status).toBe(200);
    worst = Math.max(worst, performance.now() - start);
  }
  return worst;
}

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const image = `/v1/images/${imageId}`;

/** Every operation of v1. */
export const v1Operations: Readonly<Record<string, Asked>> = {
  list: { method: 'GET', target: '/v1/images' },
  detail: { method: 'GET', target: '/v1/images/detail' },
  reserve: { method: 'POST', target: '/v1/images', headers: { 'x-image-meta-name': 'n' } },
  create: { method: 'POST', target: '/v1/images', headers: dataHeaders, body: '0123456789' },
  show: { method: 'HEAD', target: image },
  download: { method: 'GET', target: image },
  update: { method: 'PUT', target: image, headers: { 'x-image-meta-name': 'n' } },
  remove: { method: 'DELETE', target: image },
  members: { method: 'GET', target: `${image}/members` },
  'replace members': {
    method: 'PUT',
    target: `${image}/members`,
    body: '{"memberships":[{"member_id":"m"}]}',
  },
  'add member': { method: 'PUT', target: `${image}/members/m` },
  'remove member': { method: 'DELETE', target: `${image}/members/m` },
  'shared images': { method: 'GET', target: '/v1/shared-images/m' },
};

export const operationNames = Object.keys(v1Operations);

/** The request of an operation as `fetch` takes it. */
export function requestOf(name: string): [target: string, init: RequestInit] {
  const { method, target, headers = {}, body } = v1Operations[name] ?? { method: '', target: '' };
  return [target, { method, headers, ...(body !== undefined && { body }) }];
}
