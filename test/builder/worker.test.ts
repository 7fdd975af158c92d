import { describe } from 'vitest';
import { building } from './building.ts';
import { crashes } from './crashes.ts';
import { queueing } from './queueing.ts';
import { useBuilder } from './setting.ts';

describe('building', () => building(useBuilder()));
describe('queueing', () => queueing(useBuilder()));
describe('crashes', () => crashes(useBuilder()));
