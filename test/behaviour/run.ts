import { afterAll, beforeAll, describe } from 'vitest';
import { Client } from './client.ts';
import type { NodeTarget } from './node-target.ts';
import { topics } from './topics.ts';

/** Runs every topic, each against a target of its own. */
export function runTopics(makeTarget: () => NodeTarget): void {
  for (const [name, define] of Object.entries(topics)) {
    describe(name, () => {
      const target = makeTarget();
      beforeAll(() => target.start());
      afterAll(() => target.stop());
      define(new Client(target));
    });
  }
}
