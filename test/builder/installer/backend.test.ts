import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailure } from '../../../src/builder/backend.ts';
import { createInstaller } from '../../../src/builder/backends/installer/index.ts';
import { readDetection } from '../../../src/builder/backends/installer/libosinfo.ts';
import { finishedMark } from '../../../src/builder/backends/installer/script.ts';
import { sourceFilter } from '../../../src/builder/sources.ts';
import { fault } from '../../../src/core/fault.ts';
import type { ImageSpec } from '../../../src/core/image-spec.ts';
import type { OpenSource } from '../../../src/core/source.ts';
import { standIn } from './programs.ts';

const preseed = 'd-i passwd/root-password password very-secret\n';
const path = process.env['PATH'];
let base: string;
let folder: string;
let log: string[];
let percents: number[];
let opened: string[];

/** What stands in for the programs; a guest that installs at once. */
const programs = {
  'qemu-system-x86_64': `echo 'Installing the base system'; echo; echo '${finishedMark}'`,
  'qemu-img': 'for last; do :; done; echo image > "$last"',
  'osinfo-install-script': 'echo "d-i time/zone string UTC" > "$5/preseed.cfg"',
  'osinfo-detect': `echo "Tree is an installer for OS 'Fedora Server 40 (x86_64)'"`,
  socat: '',
};

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'installer-'));
  folder = join(base, 'build');
  // what runs as nobody where the tests run as root
  await chmod(base, 0o755);
  for (const name of ['build', 'debian12', 'fedora40']) await mkdir(join(base, name));
  for (const name of ['debian12', 'fedora40']) {
    await writeFile(join(base, name, 'linux'), 'kernel');
    await writeFile(join(base, name, 'initrd.gz'), 'initrd');
  }
  await standIn(join(base, 'bin'), programs);
  await writeFile(join(base, 'bin/calls'), '', { mode: 0o666 });
  await chmod(join(base, 'bin/calls'), 0o666);
  process.env['PATH'] = `${join(base, 'bin')}:${path}`;
  [log, percents, opened] = [[], [], []];
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(base, { recursive: true });
});

const open: OpenSource = async (url) => {
  opened.push(url);
  if (url.includes('none')) return fault('not-found', 'no');
  return { body: (async function* () {})(), length: undefined };
};

const backend = () =>
  createInstaller({
    installers: { debian12: join(base, 'debian12'), fedora40: join(base, 'fedora40') },
    mirror: 'http://deb.internal/debian',
    sources: {
      filter: sourceFilter(['http://mirror.internal/', 'https://mirror.internal/']),
      publicLookup: (_name, _options, callback) => callback(new Error('not public'), []),
      open,
    },
    accelerator: async () => 'tcg',
    memory: 256,
    disk: 3 * 1024 ** 3,
  });

const build = (spec: ImageSpec, signal = AbortSignal.timeout(10_000)) =>
  backend().build(
    { id: 'i', name: 'n', project: 'p', spec },
    {
      folder,
      signal,
      progress: (percent) => percents.push(percent),
      locate: () => undefined,
      log: (line) => log.push(line),
    },
  );

const calls = async (program: string): Promise<string[]> =>
  (await readFile(join(base, 'bin/calls'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith(`${program} `));

describe('the back end installer', () => {
  it.each<[ImageSpec, string | undefined]>([
    [{ osName: 'Debian' }, undefined],
    [{ osName: 'debian12' }, undefined],
    [{ osName: 'DEBIAN', osVersion: '12.5', osArch: 'AMD64', installScript: preseed }, undefined],
    [{ osName: 'Fedora Linux', osVersion: '40' }, undefined],
    [{ osName: 'Debian', osVersion: '9' }, 'There is no installer of this system here.'],
    [{ osName: 'Plan 9' }, 'There is no installer of this system here.'],
    [{ osName: '../debian12' }, 'There is no installer of this system here.'],
    [{ osName: 'Debian', osArch: 'arm64' }, 'This architecture cannot be built.'],
    [{ osName: 'Debian', installScript: '#!/bin/sh' }, 'The installScript is not a preseed file.'],
    [{ osName: 'Fedora', installScript: preseed }, 'The installScript is not a kickstart file.'],
  ])('takes %j, or says %j', (spec, sentence) => {
    expect(backend().declines(spec)).toBe(sentence);
  });

  it('installs in a guest, and hands over a copy of its disk', async () => {
    const artifact = await build({ osName: 'Debian', osVersion: '12', installScript: preseed });
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await artifact.open()).body) chunks.push(chunk);
    expect(String(Buffer.concat(chunks))).toBe('image\n');
    expect(artifact.diskFormat).toBe('qcow2');
    expect(percents).toEqual([20, 100]);
    expect(await readFile(join(folder, 'initrd'), 'latin1')).toContain('very-secret');
  });

  it('gives the guest a raw disk of the size that is allowed, and reads it as one', async () => {
    await standIn(join(base, 'bin'), {
      'qemu-system-x86_64': `stat -c 'disk of %s' disk.raw; echo '${finishedMark}'`,
    });
    await build({ osName: 'Debian', osVersion: '12', installScript: preseed });
    expect(log).toContain(`disk of ${3 * 1024 ** 3}`);
    const [guest] = await calls('qemu-system-x86_64');
    expect(guest).toContain('file=./disk.raw,format=raw,');
    const [convert, ...more] = await calls('qemu-img');
    expect(convert).toContain(
      `convert -f raw -O qcow2 -c -o compression_type=zstd ${folder}/disk.raw `,
    );
    expect(more).toEqual([]);
  });

  it('runs a kernel that nobody else may read', async () => {
    await chmod(join(base, 'debian12/linux'), 0o600);
    await standIn(join(base, 'bin'), {
      'qemu-system-x86_64': `cat ./kernel; echo; echo '${finishedMark}'`,
    });
    await build({ osName: 'Debian', osVersion: '12', installScript: preseed });
    expect(log).toContain('kernel');
    expect((await calls('qemu-system-x86_64')).join()).toContain(' -kernel ./kernel ');
  });

  it("keeps the client's words out of command lines and of the log", async () => {
    const spec = { osName: 'Debian', osVersion: '12', installScript: preseed };
    await build({ ...spec, installSource: { url: 'http://mirror.internal/words' } });
    const all = await readFile(join(base, 'bin/calls'), 'utf8');
    expect(`${all}${log.join()}`).not.toMatch(/very-secret|words/);
    expect(await readFile(join(folder, 'initrd'), 'latin1')).toContain(
      'mirror/http/directory string /words\n',
    );
  });

  it("takes libosinfo's script where there is none", async () => {
    await build({ osName: 'Debian', osVersion: '12' });
    const [call] = await calls('osinfo-install-script');
    expect(call).toMatch(/ -p jeos .* debian11$/);
    expect(call).not.toMatch(/password/);
    expect(await readFile(join(folder, 'initrd'), 'latin1')).toContain('d-i time/zone string UTC');
  });

  it('says that there is no script when libosinfo has none', async () => {
    await standIn(join(base, 'bin'), { 'osinfo-install-script': 'exit 251' });
    await expect(build({ osName: 'Debian', osVersion: '12' })).rejects.toThrow(
      new BuildFailure('There is no default installScript for this system.'),
    );
  });

  it('asks the source for the version that is not said', async () => {
    await build({ osName: 'fedora', installSource: { url: 'http://mirror.internal/f' } });
    expect(opened).toEqual(['http://mirror.internal/f/.treeinfo']);
    expect((await calls('osinfo-detect')).join()).toContain('--type=tree file:///');
    expect(await readFile(join(folder, 'initrd'), 'latin1')).toContain(
      'url --url="http://mirror.internal/f"',
    );
  });

  it.each<[string, ImageSpec, string]>([
    [
      'its source tells nothing',
      { osName: 'Fedora', installSource: { url: 'http://mirror.internal/none' } },
      'The installSource does not tell the version of the OS.',
    ],
    [
      'its source is another system',
      { osName: 'Debian', installSource: { iso: 'http://mirror.internal/f.iso' } },
      'The installSource is one of another OS.',
    ],
    [
      'its source may not be used',
      { osName: 'Fedora', osVersion: '40', installSource: { url: 'http://10.0.0.1/' } },
      'The installSource cannot be used.',
    ],
    [
      'its source may not be looked at',
      { osName: 'Fedora', installSource: { iso: 'file:///etc/passwd' } },
      'The installSource cannot be used.',
    ],
    [
      'its source is missing',
      { osName: 'Fedora', osVersion: '40' },
      'An installSource with a url is needed for this system.',
    ],
    [
      'its installer knows no https',
      { osName: 'Debian', osVersion: '12', installSource: { url: 'https://mirror.internal/' } },
      'This installer fetches packages over http only.',
    ],
    [
      'its mirror has a query',
      { osName: 'Debian', osVersion: '12', installSource: { url: 'http://mirror.internal/?t=1' } },
      'A mirror in installSource may have neither a query nor a fragment.',
    ],
  ])('fails when %s', async (_why, spec, sentence) => {
    await expect(build(spec)).rejects.toThrow(new BuildFailure(sentence));
    expect(await calls('qemu-system-x86_64')).toEqual([]);
  });

  it('fails when the installer asks, and leaves nothing running', async () => {
    await standIn(join(base, 'bin'), {
      'qemu-system-x86_64': 'printf "No disk\\n-------\\n\\nWhat now?\\nPrompt: "; exec sleep 60',
    });
    const spec = { osName: 'Debian', osVersion: '12', installScript: preseed };
    await expect(build(spec)).rejects.toThrow(
      new BuildFailure('The installer waits for an answer: No disk: What now?'),
    );
  });

  it('fails when the guest ends before the installer does', async () => {
    await standIn(join(base, 'bin'), { 'qemu-system-x86_64': 'echo Kernel panic' });
    const spec = { osName: 'Debian', osVersion: '12', installScript: preseed };
    await expect(build(spec)).rejects.toThrow(
      new BuildFailure('The installer ended before it was done.'),
    );
  });

  it('stops when it is told to', async () => {
    await standIn(join(base, 'bin'), { 'qemu-system-x86_64': 'exec sleep 60' });
    const stop = new AbortController();
    const reason = new Error('deleted');
    setTimeout(() => stop.abort(reason), 300);
    const spec = { osName: 'Debian', osVersion: '12', installScript: preseed };
    await expect(build(spec, stop.signal)).rejects.toBe(reason);
  });

  it('tells what it can install, and what is missing', async () => {
    expect(await backend().check()).toEqual({
      ready: true,
      findings: [expect.stringMatching(/^guests: /), 'installs fedora40', 'installs debian12'],
      missing: [],
    });
    await rm(join(base, 'debian12'), { recursive: true });
    process.env['PATH'] = base;
    const { ready, findings, missing } = await backend().check();
    expect(ready).toBe(false);
    expect(findings).toContain(`no installer of debian12 in ${join(base, 'debian12')}`);
    expect(missing).toEqual(['qemu-system-x86', 'qemu-utils', 'socat', 'libosinfo-bin']);
  });

  it('does not start with an installer of a system that it does not know', () => {
    const make = (os: string) => () =>
      createInstaller({
        ...({} as Parameters<typeof createInstaller>[0]),
        installers: { [os]: '/' },
      });
    expect(make('plan9')).toThrow('no installer of plan9 is known');
    expect(make('debian')).toThrow('no installer of debian is known');
  });
});

describe("libosinfo's detection", () => {
  it.each([
    [
      "Media is bootable.\nMedia is an installer for OS 'Debian 11 (x86_64)'",
      'Debian',
      '11',
      'x86_64',
    ],
    ["Tree is an installer for OS 'Fedora Server 37 (x86_64)'", 'Fedora Server', '37', 'x86_64'],
    ["Media is an installer for OS 'Ubuntu 22.04 LTS (i686)'", 'Ubuntu', '22.04', 'i686'],
    ["Media is an installer for OS 'CentOS Stream 9'", 'CentOS Stream', '9', undefined],
  ])('%j is read', (text, osName, osVersion, osArch) => {
    expect(readDetection(text)).toEqual({ osName, osVersion, osArch });
  });

  it.each(['', 'Media is bootable.', 'Media is not bootable.'])('%j says nothing', (text) => {
    expect(readDetection(text)).toBeUndefined();
  });
});
