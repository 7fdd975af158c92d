import { describe } from 'vitest';
import { nodeTarget } from './node-target.ts';
import { runTopics } from './run.ts';

describe('glance-v1 in front of a remote Image service', () => {
  runTopics(() => nodeTarget('remote'));
});
