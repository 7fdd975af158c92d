import { describe } from 'vitest';
import { building } from '../builder/building.ts';
import { crashes } from '../builder/crashes.ts';
import { queueing } from '../builder/queueing.ts';
import { useBuilder } from '../builder/setting.ts';

const glanceUrl = process.env['POLYGLANCE_TEST_GLANCE_URL'];

// only where a real Glance is told, with the fixed tokens of test/stand
describe.skipIf(glanceUrl === undefined)('a builder in front of a real Glance', () => {
  const settings = { glanceUrl, builders: true };
  describe('building', () => building(useBuilder(settings)));
  describe('queueing', () => queueing(useBuilder(settings)));
  describe('crashes', () => crashes(useBuilder(settings)));
});
