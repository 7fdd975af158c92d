import { MemoryStore } from '../../src/embedded/index.ts';
import { describeData } from './data-suite.ts';

describeData('memory', async () => new MemoryStore());
