import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BuildBackend, BuildFailure } from '../../src/builder/backend.ts';
import { createDebianRootfs } from '../../src/builder/backends/debian-rootfs/index.ts';
import { createAccelerator } from '../../src/builder/machine/accelerator.ts';
import { sourceFilter } from '../../src/builder/sources.ts';
import { publicLookup } from '../../src/platform/node/public-lookup.ts';
import { bootImage } from './boot.ts';
import { partition, realMirror, realSecurity, tool, useBuildFolders } from './debian.ts';

const mebibyte = 1024 ** 2;
const site = useBuildFolders();

const backend: BuildBackend = createDebianRootfs({
  mirror: realMirror,
  security: realSecurity,
  sources: { filter: sourceFilter([]), publicLookup },
  accelerator: createAccelerator('auto'),
  memory: 1024,
  network: false,
});

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

/** Builds Debian 12 with a script. */
const build = (installScript: string, signal?: AbortSignal) =>
  site.build(backend, { osVersion: '12', installScript }, signal);

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
    const folder = site.last();
    const processes = await tool('/', 'ps', '-eo', 'args');
    expect(processes).not.toContain(folder);
    expect(processes).not.toMatch(/mmdebstrap/);
    await rm(folder, { recursive: true });
  });
});
