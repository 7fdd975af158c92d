import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder } from '../../src/builder/machine/remove-folder.ts';
import { openFolder } from '../../src/entry/node/builder/folder.ts';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'polyglance-folder-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

describe('a folder of builds', () => {
  it('is removed with all that is in it, and may be gone already', async () => {
    const told: string[] = [];
    const folder = join(base, 'builds');
    await mkdir(join(folder, 'a/b'), { recursive: true });
    await writeFile(join(folder, 'a/b/c'), '');
    await removeFolder(folder, (message) => told.push(message));
    await removeFolder(folder, (message) => told.push(message));
    expect(await readdir(base)).toEqual([]);
    expect(told).toEqual([]);
  });

  it('is removed on a machine without namespaces too', async () => {
    const path = process.env['PATH'];
    await mkdir(join(base, 'bin'));
    await writeFile(join(base, 'bin/setpriv'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await mkdir(join(base, 'builds/a'), { recursive: true });
    process.env['PATH'] = `${join(base, 'bin')}:${path}`;
    try {
      await removeFolder(join(base, 'builds'), (message) => expect.fail(message));
    } finally {
      process.env['PATH'] = path;
      await rm(join(base, 'bin'), { recursive: true });
    }
    expect(await readdir(base)).toEqual([]);
  });

  it('stays where it cannot be removed, which is told', async () => {
    const told: string[] = [];
    // nothing below it is anybody's to remove
    await removeFolder('/proc/fs', (message) => told.push(message));
    expect(told).toEqual([expect.stringMatching(/^\/proc\/fs stays: ./)]);
  });

  it('is new for each process; those of processes that are gone are removed', async () => {
    const tell = (message: string) => expect.fail(message);
    await mkdir(join(base, 'worker-999999999'));
    await mkdir(join(base, 'worker-999999999-abcdef'));
    await mkdir(join(base, `worker-${process.ppid}-abcdef`));
    const folder = await openFolder(base, tell);
    expect(folder).toMatch(new RegExp(`/worker-${process.pid}-[^/]+$`));
    expect((await readdir(base)).map((name) => join(base, name)).sort()).toEqual(
      [folder, join(base, `worker-${process.ppid}-abcdef`)].sort(),
    );
  });
});
