import { describe, expect, it } from 'vitest';
import type { Send } from '../../../src/core/upstream.ts';
import { until } from '../setting.ts';
import { dataOf, nothing, useNova } from './setting.ts';

const cloud = useNova();

/** Does something at a certain call, before it is sent or after it was answered; counts all. */
function atCall(wanted: number, when: 'before' | 'after', act: () => void) {
  let calls = 0;
  const through =
    (send: Send): Send =>
    async (call) => {
      calls += 1;
      const now = calls === wanted;
      if (now && when === 'before') act();
      const answer = await send(call);
      if (now && when === 'after') act();
      return answer;
    };
  return { through, calls: () => calls };
}

async function callsOfBuild(): Promise<number> {
  cloud.begin();
  const counter = atCall(0, 'before', () => undefined);
  const artifact = await cloud.build({}, { through: counter.through }).done;
  const calls = counter.calls();
  await artifact.release?.();
  return calls;
}

describe('a build that is cancelled', () => {
  it.each(['before', 'after'] as const)(
    'at any of its calls, %s it, stops and leaves nothing',
    async (when) => {
      const calls = await callsOfBuild();
      expect(calls).toBeGreaterThan(10);
      // after the last call it is finished
      for (let n = 1; n < calls; n += 1) {
        cloud.begin();
        const ending = new AbortController();
        const { through } = atCall(n, when, () => ending.abort(new Error('over')));
        const { done } = cloud.build({}, { through, signal: ending.signal });
        await expect(done.then(() => `finished in spite of call ${n}`)).rejects.toThrow();
        expect([n, await cloud.left()]).toEqual([n, nothing]);
      }
    },
  );

  it('while its result is read ends the transfer, and release leaves nothing', async () => {
    cloud.begin();
    const ending = new AbortController();
    const artifact = await cloud.build({}, { signal: ending.signal }).done;
    ending.abort(new Error('over'));
    await expect(dataOf(artifact)).rejects.toThrow();
    await artifact.release?.();
    expect(await cloud.left()).toEqual(nothing);
  });

  it('because its image was deleted leaves nothing', async () => {
    cloud.begin();
    cloud.nova().life = [{ status: 'ACTIVE' }];
    const { builder } = cloud;
    const id = await builder.order({ imageSpec: { osName: 'debian', osVersion: '12' } });
    const worker = await builder.startWorker({ backends: [cloud.backend()] });
    await until(cloud.left, ({ servers }) => servers.length === 1, 'a server');
    await builder.ask(`/v2.1/images/${id}`, { method: 'DELETE' });
    await until(cloud.left, ({ servers }) => servers.length === 0, 'no server');
    await worker.stop();
    expect(worker.log.map(({ event }) => event)).toContain('cancelled');
  });

  it('because its worker stops is given back, and leaves nothing', async () => {
    cloud.begin();
    cloud.nova().life = [{ status: 'ACTIVE' }];
    const { builder } = cloud;
    const id = await builder.order({ imageSpec: { osName: 'debian', osVersion: '12' } });
    const worker = await builder.startWorker({ backends: [cloud.backend()] });
    await until(cloud.left, ({ servers }) => servers.length === 1, 'a server');
    await worker.stop();
    expect(await cloud.left()).toEqual(nothing);
    expect((await builder.show(id))['status']).toBe('BUILDING');
    await builder.ask(`/v2.1/images/${id}`, { method: 'DELETE' });
  });
});
