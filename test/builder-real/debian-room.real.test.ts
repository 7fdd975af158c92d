import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BuildFailure } from '../../src/builder/backend.ts';
import { whileItFits } from '../../src/builder/backends/debian-rootfs/room.ts';
import { rootTool } from '../../src/builder/machine/root-tool.ts';

const mebibyte = 1024 ** 2;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'room-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a script in a folder while what it leaves in the tree fits on a disk of a mebibyte. */
const fill = (script: string) =>
  whileItFits(mebibyte, { cwd: folder, signal: new AbortController().signal }, (bench) =>
    rootTool('sh', ['-ec', `mkdir -p tree/var/cache/apt/archives; cd tree; ${script}`], bench),
  );

it('packages that are larger than the disk end the build while they are unpacked', async () => {
  const filling = fill('for n in 1 2 3 4; do head -c 400k /dev/zero > $n; done; exec sleep 600');
  await expect(filling).rejects.toThrow(new BuildFailure('The packages do not fit on the disk.'));
});

it('packages that wait to be unpacked do not count beside those that are', async () => {
  const filling = fill(
    'for to in . var/cache/apt/archives; do head -c 800k /dev/zero > $to/a; done; sleep 5',
  );
  await expect(filling).resolves.toMatchObject({ code: 0 });
});

it('no file of theirs is larger than the disk', async () => {
  await expect(fill('head -c 2M /dev/zero > a')).rejects.toThrow(/^unshare ended with/);
});
