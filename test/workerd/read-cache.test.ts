import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../faults/setting.ts';
import { answer, cannedImage, type FakeGlance, startFakeGlance } from '../fixtures/fake-glance.ts';
import { workerTarget } from './worker-target.ts';

describe('the read cache of a Worker', () => {
  let glance: FakeGlance;
  let target: ReturnType<typeof workerTarget>;
  beforeAll(async () => {
    glance = await startFakeGlance();
    target = workerTarget({
      POLYGLANCE_GLANCE_URL: glance.url,
      POLYGLANCE_READ_CACHE_TIME: '60000',
    });
    await target.start();
  });
  afterAll(async () => {
    await target.stop();
    await glance.stop();
  });
  const list = async (token: string, init: RequestInit = {}): Promise<string> => {
    const headers = { 'x-auth-token': token };
    return (await fetch(`${target.base()}/v1/images`, { ...init, headers })).text();
  };
  const asked = (): number => glance.calls('GET').length;

  it('answers again for the same token, until something is written', async () => {
    expect(await list('one')).toBe(await list('one'));
    expect(asked()).toBe(1);
    await list('two');
    expect(asked()).toBe(2);
    const headers = { 'x-auth-token': 'three' };
    await fetch(`${target.base()}/v2/images/x`, { method: 'DELETE', headers });
    await list('one');
    expect(asked()).toBe(3);
  });

  it('lets equal reads wait for one answer, whoever leaves', async () => {
    glance.reset();
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    glance.on('GET', /^\/v2\/images/, async (exchange) => {
      await gate;
      return answer(200, { images: [cannedImage({ name: 'late' })] })(exchange);
    });
    const leaving = new AbortController();
    const first = list('four', { signal: leaving.signal }).catch(() => 'left');
    await until(() => asked() === 1);
    const others = [list('four'), list('four')];
    await new Promise((resolve) => setTimeout(resolve, 100));
    leaving.abort();
    expect(await first).toBe('left');
    await new Promise((resolve) => setTimeout(resolve, 100));
    go();
    for (const text of await Promise.all(others)) expect(text).toContain('late');
  });
});
