import { describe } from 'vitest';
import { runTopics } from '../behaviour/run.ts';
import { workerTarget } from './worker-target.ts';

describe('glance-v1 in workerd, in front of the embedded Image service', () => {
  runTopics(() => workerTarget());
});
