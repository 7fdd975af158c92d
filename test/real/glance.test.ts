import { describe } from 'vitest';
import { nodeTarget } from '../behaviour/node-target.ts';
import { runTopics } from '../behaviour/run.ts';

const glanceUrl = process.env['POLYGLANCE_TEST_GLANCE_URL'];

// only where a real Glance is told, with the fixed tokens of test/stand
describe.skipIf(glanceUrl === undefined)('glance-v1 in front of a real Glance', () => {
  runTopics(() => nodeTarget('real', { glanceUrl }));
});
