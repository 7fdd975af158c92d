import { afterAll, beforeAll, describe } from 'vitest';
import { Client } from './client.ts';
import type { RunningTarget } from './target.ts';
import { topics } from './topics.ts';

/** Runs every topic, each against a target of its own. */
export function runTopics(makeTarget: () => RunningTarget): void {
  for (const [name, define] of Object.entries(topics)) {
    describe(name, () => {
      const target = makeTarget();
      beforeAll(() => target.start());
      afterAll(() => target.stop());
      define(new Client(target));
    });
  }
}
