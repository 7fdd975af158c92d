import { describe, expect, it } from 'vitest';
import { until } from '../faults/setting.ts';
import { answer, cannedImage, silence } from '../fixtures/fake-glance.ts';
import { useWorker } from './setting.ts';

describe('the read cache of a Worker', () => {
  const place = useWorker(() => ({ POLYGLANCE_READ_CACHE_TIME: '60000' }));
  const list = async (token: string, init: RequestInit = {}): Promise<string> => {
    const headers = { 'x-auth-token': token };
    return (await fetch(`${place.worker.url}/v1/images`, { ...init, headers })).text();
  };
  const asked = (): number => place.glance.calls('GET').length;

  it('answers again for the same token, until something is written', async () => {
    expect(await list('one')).toBe(await list('one'));
    expect(asked()).toBe(1);
    await list('two');
    expect(asked()).toBe(2);
    const headers = { 'x-auth-token': 'three' };
    await fetch(`${place.worker.url}/v2/images/x`, { method: 'DELETE', headers });
    await list('one');
    expect(asked()).toBe(3);
  });

  it('lets no read wait for what another one has asked', async () => {
    const script = [silence, answer(200, { images: [cannedImage({ name: 'second' })] })];
    place.glance.on('GET', /^\/v2\/images/, (exchange) => script.shift()?.(exchange));
    const leaving = new AbortController();
    const first = list('four', { signal: leaving.signal }).catch(() => 'left');
    await until(() => asked() === 1);
    expect(await list('four')).toContain('second');
    leaving.abort();
    expect(await first).toBe('left');
  });
});
