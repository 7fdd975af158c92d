import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailure, type BuildOrder, type BuildSite } from '../../src/builder/backend.ts';
import { blankDisk } from '../../src/builder/backends/blank.ts';
import { createExternal } from '../../src/builder/backends/external.ts';

const script = '#!/bin/sh\necho "päss"\n';
const order: BuildOrder = {
  id: 'b0000000-0000-4000-8000-000000000000',
  name: 'web; rm -rf /',
  project: 'p',
  spec: { osName: 'Plan 9', installScript: script, installSource: { url: 'http://x/' } },
};
const disk = 1024 ** 2;

let base: string;
let folder: string;
let heard: unknown[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'external-'));
  folder = join(base, 'build');
  await mkdir(folder);
  await writeFile(join(base, 'good.qcow2'), blankDisk());
  heard = [];
});
afterEach(() => rm(base, { recursive: true }));

/** Builds with a program made of these lines of shell. */
async function build(lines: string, signal = new AbortController().signal) {
  const command = join(base, 'command');
  await writeFile(command, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  const site: BuildSite = {
    folder,
    signal,
    progress: (percent) => heard.push(percent),
    locate: (where) => heard.push(where),
    log: (line) => heard.push(line),
  };
  return createExternal({ command, disk }).build(order, site);
}

async function read(artifact: Awaited<ReturnType<typeof build>>): Promise<Buffer> {
  const { body } = await artifact.open();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('an external program', () => {
  it('gets the order on its standard input, in a folder and an environment of the build alone', async () => {
    await build('cat > order; env | sort > env; pwd > where; cp ../good.qcow2 d; echo qcow2 d');
    const given = JSON.parse(await readFile(join(folder, 'order'), 'utf8'));
    expect(given).toEqual({ ...order, limits: { disk } });
    expect((await readFile(join(folder, 'where'), 'utf8')).trim()).toBe(folder);
    const names = (await readFile(join(folder, 'env'), 'utf8')).match(/^\w+(?==)/gm) ?? [];
    expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual([
      'HOME',
      'LC_ALL',
      'PATH',
      'TMPDIR',
    ]);
  });

  it('makes a disk, and tells of its progress', async () => {
    const artifact = await build(
      'echo image http://i/1; echo server http://s/2; echo progress 40; echo working hard; cp ../good.qcow2 "my disk"; echo qcow2 my disk',
    );
    expect(artifact.diskFormat).toBe('qcow2');
    expect(await read(artifact)).toEqual(Buffer.from(blankDisk()));
    expect(heard).toEqual([{ image: 'http://i/1' }, { server: 'http://s/2' }, 40, 'working hard']);
  });

  it('makes a raw disk', async () => {
    const artifact = await build('echo data > d; echo raw d');
    expect(artifact.diskFormat).toBe('raw');
    expect(String(await read(artifact))).toBe('data\n');
  });

  it.each(['progress many', 'server ftp://x', 'image', 'unknown 3', ''])(
    'says %j to the log alone',
    async (line) => {
      await build(`echo "${line}"; echo data > d; echo raw d`);
      expect(heard).toEqual([line]);
    },
  );

  it.each([
    ['its error line', 'echo error No such OS.; exit 3', 'No such OS.'],
    ['its error line, though it ends well', 'echo error No such OS.', 'No such OS.'],
    ['its exit code', 'echo broken >&2; exit 3', 'The external builder ended with 3.'],
    ['a signal', 'kill -KILL $$', 'The external builder was ended by a signal.'],
    ['no disk', 'true', 'The external builder made no disk.'],
  ])('fails with %s', async (_what, lines, sentence) => {
    await expect(build(lines)).rejects.toThrow(new BuildFailure(sentence));
  });

  it('fails with what it printed in the log', async () => {
    await expect(build('echo broken >&2; exit 3')).rejects.toThrow(BuildFailure);
    expect(heard).toEqual(['broken']);
  });

  it.each([
    ['is not there', 'echo raw missing'],
    ['is outside', 'echo raw ../good.qcow2'],
    ['is named from the root', 'echo raw /etc/hostname'],
    ['is a link that leads outside', 'ln -s /etc/hostname d; echo raw d'],
    ['is a link', 'echo data > e; ln -s e d; echo raw d'],
    ['is below a link', 'ln -s .. d; echo qcow2 d/good.qcow2'],
    ['is a folder', 'mkdir d; echo raw d'],
    ['is a pipe', 'mkfifo d; echo raw d'],
    ['is the folder', 'echo raw .'],
    ['is empty', ': > d; echo raw d'],
    ['is no qcow2', 'echo data > d; echo qcow2 d'],
    ['is a qcow2 that is called raw', 'cp ../good.qcow2 d; echo raw d'],
    [
      'has a backing file',
      'cp ../good.qcow2 d; printf "\\001" | dd of=d bs=1 seek=15 conv=notrunc status=none; echo qcow2 d',
    ],
    [
      'keeps its data elsewhere',
      'cp ../good.qcow2 d; printf "\\003" | dd of=d bs=1 seek=7 conv=notrunc status=none; printf "\\004" | dd of=d bs=1 seek=79 conv=notrunc status=none; echo qcow2 d',
    ],
  ])('fails when its disk %s', async (_what, lines) => {
    await expect(build(lines)).rejects.toThrow(
      new BuildFailure("The external builder's disk cannot be used."),
    );
  });

  it('cannot write more than the disk may have', async () => {
    const { length } = await (await build('head -c 2M /dev/zero > d; echo raw d')).open();
    expect(length).toBe(disk);
  });

  it('is ended when the build is', async () => {
    const stop = new AbortController();
    const reason = new Error('deleted');
    setTimeout(() => stop.abort(reason), 100);
    await expect(build('sleep 100', stop.signal)).rejects.toBe(reason);
  });
});

describe('the check', () => {
  it('tells whether the program can be run', async () => {
    const command = join(base, 'command');
    expect(await createExternal({ command, disk }).check()).toMatchObject({ ready: false });
    await writeFile(join(base, 'real'), '', { mode: 0o755 });
    await symlink('real', command);
    expect(await createExternal({ command, disk }).check()).toMatchObject({ ready: true });
  });
});
