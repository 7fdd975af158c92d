import { afterAll, afterEach, beforeAll } from 'vitest';
import { type FakeGlance, startFakeGlance } from '../fixtures/fake-glance.ts';
import { type RunningWorkerd, startWorker } from '../fixtures/workerd.ts';

/** The Worker on workerd itself, and the scripted Glance behind it, for one file. */
export interface Setting {
  readonly worker: RunningWorkerd;
  readonly glance: FakeGlance;
}

/** Starts both before the tests of a file; rules and records of the fake are forgotten between tests. */
export function useWorker(
  settings: (glance: FakeGlance) => Readonly<Record<string, string>> = () => ({}),
): Setting {
  let glance: FakeGlance | undefined;
  let worker: RunningWorkerd | undefined;
  beforeAll(async () => {
    glance = await startFakeGlance();
    const given = { POLYGLANCE_GLANCE_URL: glance.url, ...settings(glance) };
    worker = await startWorker('src/entry/worker.ts', given);
  });
  afterEach(() => glance?.reset());
  afterAll(async () => {
    await worker?.stop();
    await glance?.stop();
  });
  const started = <T>(thing: T | undefined): T => {
    if (!thing) throw new Error('not started');
    return thing;
  };
  return {
    get worker() {
      return started(worker);
    },
    get glance() {
      return started(glance);
    },
  };
}
