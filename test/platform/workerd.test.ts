import { describe } from 'vitest';
import { startWorker } from '../fixtures/workerd.ts';
import { platformContract } from './contract.ts';

describe('the platform workerd', () => {
  platformContract(() => startWorker('test/platform/probe-worker.ts'));
});
