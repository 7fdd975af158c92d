import { describe } from 'vitest';
import { building } from './building.ts';
import { crashes } from './crashes.ts';
import { useBuilder } from './setting.ts';

describe('building', () => building(useBuilder()));
describe('crashes', () => crashes(useBuilder()));
