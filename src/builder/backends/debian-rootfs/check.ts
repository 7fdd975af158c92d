import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readiness } from '../../backend.ts';
import { guestFinding } from '../../machine/guest-user.ts';
import { type Bench, rootTool } from '../../machine/root-tool.ts';
import { newestRelease } from './bootstrap.ts';
import type { DebianRootfsOptions } from './options.ts';
import { tool } from './tools.ts';

/** Tools, how they tell their versions, and their Debian packages. */
const tools = [
  ['mmdebstrap', '--version', 'mmdebstrap'],
  ['/usr/lib/apt/apt-helper', '--version', 'apt'],
  ['unshare', '--version', 'util-linux'],
  ['systemctl', '--version', 'systemd'],
  ['mke2fs', '-V', 'e2fsprogs'],
  ['sfdisk', '--version', 'fdisk'],
  ['grub-mkimage', '--version', 'grub-common'],
  ['qemu-img', '--version', 'qemu-utils'],
  ['qemu-system-x86_64', '--version', 'qemu-system-x86'],
] as const;

/** Files that are looked for, and their packages. */
const needed = [
  ['/usr/lib/grub/i386-pc/boot.img', 'grub-pc-bin'],
  ['/usr/share/keyrings/debian-archive-keyring.gpg', 'debian-archive-keyring'],
] as const;

const patienceMs = 30_000;

/** What is found, and what is amiss. */
interface Finding {
  readonly text: string;
  readonly good: boolean;
  readonly missing?: string;
}

async function toolFinding(
  [name, flag, missing]: (typeof tools)[number],
  bench: Bench,
): Promise<Finding> {
  try {
    const { tail } = await tool(name, [flag], bench);
    return { text: `${name}: ${tail[0] ?? 'there'}`, good: true };
  } catch {
    return { text: `${name}: missing`, good: false, missing };
  }
}

async function fileFinding([file, missing]: (typeof needed)[number]): Promise<Finding> {
  const found = await stat(file).catch(() => undefined);
  if (found) return { text: `${file}: there`, good: true };
  return { text: `${file}: missing`, good: false, missing };
}

async function tried(
  what: string,
  attempt: () => Promise<string>,
  missing?: string,
): Promise<Finding> {
  try {
    return { text: `${what}: ${await attempt()}`, good: true };
  } catch (error) {
    return {
      text: `${what}: ${(error as Error).message}`,
      good: false,
      ...(missing !== undefined && { missing }),
    };
  }
}

/** A kernel to try accelerators with: the machine's own, or an installer's. */
async function someKernel(): Promise<string | undefined> {
  const own = (await readdir('/boot').catch(() => [])).filter((name) => name.startsWith('vmlinuz'));
  const installer = '/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux';
  const candidates = [...own.map((name) => join('/boot', name)), installer];
  for (const file of candidates) if (await stat(file).catch(() => undefined)) return file;
  return undefined;
}

async function findings(options: DebianRootfsOptions, bench: Bench): Promise<Finding[]> {
  const { mirror, accelerator } = options;
  const site = { folder: bench.cwd, signal: bench.signal };
  const root = process.getuid?.() === 0;
  const versions = await Promise.all(tools.map((each) => toolFinding(each, bench)));
  const tries = [
    ...needed.map(fileFinding),
    tried(
      root ? 'rights: root' : 'rights: an ordinary user, with users of its own from /etc/subuid',
      async () => {
        await rootTool('sh', ['-c', 'touch probe && chown 1:1 probe && rm probe'], bench);
        return 'works';
      },
      root ? undefined : 'uidmap',
    ),
    guestFinding(),
    tried(
      `mirror ${mirror}`,
      async () => `newest is ${await newestRelease({ mirror, settings: [] }, bench)}`,
    ),
    tried('accelerator', async () => {
      const kernel = await someKernel();
      return kernel ? accelerator(kernel, site) : 'not tried, for want of a kernel; a build will';
    }),
  ];
  return [
    { text: `processor: ${process.arch}`, good: process.arch === 'x64' },
    ...versions,
    ...(await Promise.all(tries)),
  ];
}

/** Tries everything that a build needs, short of a build. */
export async function check(options: DebianRootfsOptions): Promise<Readiness> {
  const folder = await mkdtemp(join(tmpdir(), 'polyglance-check-'));
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error('no answer in time')), patienceMs);
  try {
    const found = await findings(options, { cwd: folder, signal: stop.signal });
    return {
      ready: found.every(({ good }) => good),
      findings: found.map(({ text }) => text),
      missing: [...new Set(found.flatMap(({ missing }) => missing ?? []))],
    };
  } finally {
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  }
}
