import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../faults/setting.ts';
import {
  answer,
  cannedImage,
  type FakeGlance,
  silence,
  startFakeGlance,
} from '../fixtures/fake-glance.ts';
import { type RunningWorkerd, startWorker } from '../fixtures/workerd.ts';

describe('the read cache of a Worker', () => {
  let glance: FakeGlance;
  let worker: RunningWorkerd;
  beforeAll(async () => {
    glance = await startFakeGlance();
    worker = await startWorker('src/entry/worker.ts', {
      POLYGLANCE_GLANCE_URL: glance.url,
      POLYGLANCE_READ_CACHE_TIME: '60000',
    });
  });
  afterEach(() => glance.reset());
  afterAll(async () => {
    await worker.stop();
    await glance.stop();
  });
  const list = async (token: string, init: RequestInit = {}): Promise<string> => {
    const headers = { 'x-auth-token': token };
    return (await fetch(`${worker.url}/v1/images`, { ...init, headers })).text();
  };
  const asked = (): number => glance.calls('GET').length;

  it('answers again for the same token, until something is written', async () => {
    expect(await list('one')).toBe(await list('one'));
    expect(asked()).toBe(1);
    await list('two');
    expect(asked()).toBe(2);
    const headers = { 'x-auth-token': 'three' };
    await fetch(`${worker.url}/v2/images/x`, { method: 'DELETE', headers });
    await list('one');
    expect(asked()).toBe(3);
  });

  it('lets no read wait for what another one has asked', async () => {
    const script = [silence, answer(200, { images: [cannedImage({ name: 'second' })] })];
    glance.on('GET', /^\/v2\/images/, (exchange) => script.shift()?.(exchange));
    const leaving = new AbortController();
    const first = list('four', { signal: leaving.signal }).catch(() => 'left');
    await until(() => asked() === 1);
    expect(await list('four')).toContain('second');
    leaving.abort();
    expect(await first).toBe('left');
  });
});
