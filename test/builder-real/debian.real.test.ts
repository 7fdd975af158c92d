import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuildBackend, BuildFailure } from '../../src/builder/backend.ts';
import { createDebianRootfs } from '../../src/builder/backends/debian-rootfs/index.ts';
import { createAccelerator } from '../../src/builder/machine/accelerator.ts';
import { run } from '../../src/builder/machine/program.ts';
import { sourceFilter } from '../../src/builder/sources.ts';
import { publicLookup } from '../../src/platform/node/public-lookup.ts';
import { bootImage } from './boot.ts';

const mebibyte = 1024 ** 2;
/** The root file system of a disk, as e2fsprogs name it. */
const partition = 'disk.raw?offset=1048576';

const backend: BuildBackend = createDebianRootfs({
  mirror: process.env['TEST_MIRROR'] ?? 'http://deb.debian.org/debian',
  security: process.env['TEST_SECURITY_MIRROR'] ?? 'http://deb.debian.org/debian-security',
  sources: { filter: sourceFilter([]), publicLookup },
  accelerator: createAccelerator('auto'),
  memory: 1024,
});

const folders: string[] = [];
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'polyglance-build-'));
  await chmod(folder, 0o755);
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** Leaves its mark, and has each machine tell what became of it. */
const script = `#!/bin/sh
set -e
echo hello
id -u > /root/who
echo proof-of-the-script > /etc/issue
cat > /etc/systemd/system/tell.service <<'END'
[Unit]
Wants=network-online.target
After=network-online.target ssh.service grow-root.service serial-getty@ttyS0.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "ssh is $(systemctl is-active ssh), address $(hostname -I), keys $(ls /etc/ssh | grep -c host.*pub), id $(wc -c < /etc/machine-id), disk $(df --output=size / | tail -n 1) ." > /dev/ttyS0'
[Install]
WantedBy=multi-user.target
END
systemctl enable tell.service
`;

/** Builds Debian 12 with a script; tells the folder, which then holds the image and the disk that it was made of. */
async function build(installScript: string, signal = new AbortController().signal) {
  const folder = await newFolder();
  const percents: number[] = [];
  const log: string[] = [];
  const artifact = await backend.build(
    {
      id: 'b5a64e3c-0000-4000-8000-000000000000',
      name: 'test',
      project: 'demo',
      spec: { osName: 'Debian', osVersion: '12', installScript },
    },
    {
      folder,
      signal,
      progress: (percent) => percents.push(percent),
      locate: () => undefined,
      log: (line) => {
        log.push(line);
        console.log(line);
      },
    },
  );
  return { folder, artifact, percents, log };
}

async function tool(folder: string, name: string, ...args: string[]): Promise<string> {
  const lines: string[] = [];
  await run(name, args, {
    cwd: folder,
    signal: AbortSignal.timeout(60_000),
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    line: (text) => lines.push(text),
  });
  return lines.join('\n');
}

it('the machine is ready', async () => {
  const { ready, findings, missing } = await backend.check();
  console.log(findings.join('\n'));
  expect(missing).toEqual([]);
  expect(ready).toBe(true);
});

describe('Debian 12 with a script', () => {
  let built: Awaited<ReturnType<typeof build>>;
  beforeAll(async () => {
    built = await build(script);
  });
  const inside = (request: string): Promise<string> =>
    tool(built.folder, 'debugfs', '-R', request, partition);

  it('tells how far it is, up to its end', () => {
    expect(built.percents.at(-1)).toBe(100);
    expect(built.percents).toContain(75);
    expect(built.percents).toEqual([...built.percents].sort((a, b) => a - b));
  });

  it('says nothing of the script in the log', () => {
    expect(built.log.join('\n')).not.toMatch(/hello|proof/);
  });

  it('is a small compressed qcow2 file without a backing file', async () => {
    const { length = 0 } = await built.artifact.open();
    console.log(`image: ${Math.round(length / mebibyte)} MiB`);
    expect(length).toBeLessThan(200 * mebibyte);
    const info = JSON.parse(
      await tool(built.folder, 'qemu-img', 'info', '-f', 'qcow2', '--output=json', 'image.qcow2'),
    );
    expect(info).not.toHaveProperty('backing-filename');
    expect(info['virtual-size']).toBe(3 * 1024 * mebibyte);
  });

  it('has a sound file system, and what the script did as root', async () => {
    await tool(built.folder, 'e2fsck', '-fn', partition);
    expect(await inside('cat /root/who')).toBe('0');
  });

  it('keeps nothing of the build, and nothing that two machines may not share', async () => {
    expect(await inside('cat /etc/machine-id')).toBe('');
    for (const [folder, left] of [
      ['/etc/systemd/system', /image-build/],
      ['/etc/systemd/system/multi-user.target.wants', /image-build/],
      ['/etc/ssh', /ssh_host/],
      ['/etc/apt/apt.conf.d', /mmdebstrap/],
      ['/var/lib/apt/lists', /mirror|debian/],
      ['/var/lib/systemd', /random-seed/],
    ] as const) {
      const listed = await inside(`ls -p ${folder}`);
      expect(listed, folder).toContain('/../');
      expect(listed, folder).not.toMatch(left);
    }
  });

  it('boots to a prompt, with an address, keys of its own and the whole disk, and shows what the script did', async () => {
    const began = performance.now();
    const said = await bootImage(join(built.folder, 'image.qcow2'), /ssh is/);
    console.log(`boot: ${Math.round((performance.now() - began) / 1000)} s`);
    expect(said).toContain('proof-of-the-script');
    expect(said).toContain('debian login:');
    expect(said).toMatch(
      /ssh is active, address 10\.0\.2\.15\b.*, keys 3, id 33, disk +[56]\d{6} \./,
    );
  });
});

describe('a script that fails', () => {
  it('fails the build with its exit code and last words', async () => {
    await expect(
      build('#!/bin/sh\necho working\necho no such thing >&2\nexit 7\n'),
    ).rejects.toThrow(
      new BuildFailure('The script ended with exit code 7, having said: no such thing'),
    );
  });
});

describe('a build that is cancelled', () => {
  it('stops, and leaves no process and nothing mounted', async () => {
    const stop = new AbortController();
    const building = build('#!/bin/sh\nexit 0\n', stop.signal);
    setTimeout(() => stop.abort(new Error('cancelled')), 15_000);
    await expect(building).rejects.toThrow('cancelled');
    const folder = folders.at(-1) ?? '';
    const processes = await tool('/', 'ps', '-eo', 'args');
    expect(processes).not.toContain(folder);
    expect(processes).not.toMatch(/mmdebstrap/);
    await rm(folder, { recursive: true });
  });
});
