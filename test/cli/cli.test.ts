import { afterAll, beforeAll, describe } from 'vitest';
import { building } from './building.ts';
import { commands } from './commands.ts';
import { buildProgram, removeProgram } from './program.ts';
import { serving } from './serving.ts';
import { stopping } from './stopping.ts';
import { workers } from './workers.ts';

// one file, because the program is built once for all of them
beforeAll(buildProgram);
afterAll(removeProgram);

describe('the command line', commands);
describe('serving', serving);
describe('stopping', stopping);
describe('the builder', building);
describe('workers', workers);
