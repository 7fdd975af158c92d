import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { FileStore } from '../../src/embedded/store-files.ts';
import { describeData } from './data-suite.ts';

const folders: string[] = [];

describeData('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
  folders.push(folder);
  return new FileStore(folder);
});

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));
