import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BuildSite } from '../../src/builder/backend.ts';
import { detectSystem } from '../../src/builder/backends/installer/libosinfo.ts';
import { type Guest, runGuest } from '../../src/builder/machine/guest.ts';
import { guestFinding } from '../../src/builder/machine/guest-user.ts';
import { startProxy } from '../../src/builder/machine/proxy.ts';
import { rootTool } from '../../src/builder/machine/root-tool.ts';
import { sourceFilter } from '../../src/builder/sources.ts';
import { openFolder } from '../../src/entry/node/builder/folder.ts';
import { until } from '../builder/setting.ts';

/** An ordinary user with a range in /etc/subuid: `setpriv --reuid USER --regid USER --init-groups --reset-env`. */
const mapped = (await guestFinding()).text.includes('of its own');
const path = process.env['PATH'];
let base = '';
let folder = '';
let bin = '';

/** Says the number that a guest's own processes do not know it by. */
const sayPid = 'read -r pid rest < /proc/self/stat; echo $pid';
const isGone = (pid: number) => async (): Promise<boolean> =>
  /^$|\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));

async function standQemu(script: string): Promise<void> {
  await writeFile(join(bin, 'qemu-system-x86_64'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

describe.skipIf(!mapped)('a builder that is an ordinary user', () => {
  beforeAll(async () => {
    // nobody else can enter it
    base = await mkdtemp(join(tmpdir(), 'polyglance-user-'));
    // too long for the path of a socket
    folder = join(base, 'build'.padEnd(120, '-'));
    await mkdir(folder);
    bin = await mkdtemp(join(tmpdir(), 'polyglance-bin-'));
    await chmod(bin, 0o755);
    process.env['PATH'] = `${bin}:${path}`;
  });
  afterAll(async () => {
    process.env['PATH'] = path;
    await rm(bin, { recursive: true, force: true });
    await rm(base, { recursive: true, force: true });
  });

  /** A guest whose QEMU is a shell script. */
  async function guest(script: string, more: Partial<Guest> = {}): Promise<string[]> {
    await standQemu(script);
    const lines: string[] = [];
    await runGuest({
      folder,
      accelerator: 'tcg',
      memory: 256,
      disks: [],
      network: 'none',
      line: (text) => lines.push(text),
      signal: AbortSignal.timeout(20_000),
      ...more,
    });
    return lines;
  }

  it("runs QEMU as a user without a network that cannot read the builder's secrets, another one each time", async () => {
    await writeFile(join(base, 'secret'), 'x', { mode: 0o644 });
    const script = `awk '/^Uid:/ { print $3 }' /proc/self/status; id -G
cat /proc/${process.pid}/environ > /dev/null 2>&1 || echo no environment
cat ${base}/secret 2> /dev/null || echo no way out
kill -0 ${process.pid} 2> /dev/null || echo no signal
awk '/:/ { print $1 }' /proc/self/net/dev`;
    const [first = '', ...rest] = await guest(script);
    const [second] = await guest(script);
    expect(rest).toEqual([first, 'no environment', 'no way out', 'no signal', 'lo:']);
    expect(Number(first)).toBeGreaterThanOrEqual(20_000);
    expect(second).not.toBe(first);
  });

  it('lets a guest write its own disks, which the builder has again afterwards', async () => {
    const disk = join(folder, 'disk');
    await writeFile(disk, 'before', { mode: 0o600 });
    for (const word of ['one', 'two']) {
      await guest(`echo ${word} > disk`, { disks: [{ file: disk, format: 'raw' }] });
      expect(await readFile(disk, 'utf8')).toBe(`${word}\n`);
      await writeFile(disk, 'again');
    }
    expect((await stat(disk)).uid).not.toBe(process.getuid?.());
    expect((await stat(disk)).mode & 0o777).toBe(0o660);
  });

  it('lets a guest come to its proxy', async () => {
    const socket = join(folder, 'proxy');
    const proxy = await startProxy({
      listen: { socket },
      filters: [],
      publicLookup: (_name, _options, done) => done(new Error('none'), []),
      log: () => undefined,
    });
    const ask =
      'printf "GET http://x/ HTTP/1.0\\r\\n\\r\\n" | socat - UNIX-CONNECT:./proxy | head -n 1';
    const lines = await guest(ask, { network: { proxy: socket } });
    await proxy.close();
    expect(lines).toEqual(['HTTP/1.1 403 Forbidden']);
  });

  it('ends a guest that is cancelled, even one that does not want to', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('never heard of')), 20_000).unref();
    const script = `trap '' TERM; ${sayPid}; while :; do sleep 1; done`;
    let pid = '';
    const ended = guest(script, {
      signal: stop.signal,
      line: (text) => {
        pid = text;
        stop.abort(new Error('cancelled'));
      },
    });
    await expect(ended).rejects.toThrow('cancelled');
    await until(isGone(Number(pid)), Boolean, 'the guest is gone');
  });

  it('leaves nothing running of a guest that has ended, whatever session it is in', async () => {
    const [pid] = await guest(
      `exec 3>&1; pid=$(setsid sh -c '${sayPid}; exec sleep 60 >&3' &); echo $pid`,
    );
    await until(isGone(Number(pid)), Boolean, 'it is gone');
  });

  it('waits for what QEMU has started and left to others', async () => {
    const orphan =
      'if (!fork) { if (!fork) { open F, "/proc/self/stat"; print W (split / /, <F>)[0] } exit }';
    const lines = await guest(
      `exec perl -e 'pipe R, W; ${orphan} wait; close W; $pid = <R>; 1 while -e "/proc/$pid"; print "$pid is gone\n"'`,
    );
    expect(lines).toEqual([expect.stringMatching(/^\d+ is gone$/)]);
  });

  it('has a medium looked at by another user', async () => {
    const script = `grep -q medium "$2" && echo "Media is an installer for OS 'Debian $(id -u) (x86_64)'"`;
    await writeFile(join(bin, 'osinfo-detect'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const site: BuildSite = {
      folder,
      signal: AbortSignal.timeout(20_000),
      progress: () => undefined,
      locate: () => undefined,
      log: (line) => expect.fail(line),
    };
    const found = await detectSystem(
      { iso: 'http://mirror.internal/medium.iso' },
      {
        filter: sourceFilter(['http://mirror.internal/']),
        publicLookup: (_name, _options, done) => done(new Error('none'), []),
        open: async () => ({ body: Readable.from([Buffer.from('medium')]), length: 6 }),
      },
      site,
    );
    expect(Number(found?.osVersion)).toBeGreaterThanOrEqual(20_000);
  });

  it('runs no guest as itself when its users cannot be used, and says so', async () => {
    await writeFile(join(bin, 'unshare'), '#!/bin/sh\necho no room >&2\nexit 1\n', { mode: 0o755 });
    // what has been found once is remembered
    vi.resetModules();
    const anew = await import('../../src/builder/machine/guest-user.ts');
    try {
      const text = 'cannot run as users of /etc/subuid: unshare ended with 1: no room';
      await expect(anew.guestUser()).rejects.toThrow(text);
      expect(await anew.guestFinding()).toMatchObject({ good: false, text: `guests: ${text}` });
    } finally {
      await rm(join(bin, 'unshare'));
    }
    expect(await anew.guestFinding()).toMatchObject({ good: true });
  });

  it('takes its guests with it when it is killed', async () => {
    const module = join(import.meta.dirname, '../../src/builder/machine/guest.ts');
    await standQemu(`${sayPid}; exec sleep 60`);
    const source = `import { runGuest } from ${JSON.stringify(module)};
      await runGuest({ folder: ${JSON.stringify(folder)}, accelerator: 'tcg', memory: 256, disks: [], network: 'none',
        line: console.log, signal: new AbortController().signal });`;
    const worker = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', source],
      { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [said] = await once(worker.stdout, 'data');
    const pid = Number(String(said));
    expect((await stat(`/proc/${pid}`)).uid).not.toBe(process.getuid?.());
    worker.kill('SIGKILL');
    await until(isGone(pid), Boolean, 'the guest is gone');
  });

  it('removes at its start what mapped users left in the folder of one that was killed', async () => {
    const left = join(base, 'worker-999999999-abcdef');
    await mkdir(left);
    const bench = { cwd: left, signal: AbortSignal.timeout(20_000) };
    await rootTool(
      'sh',
      ['-c', 'mkdir -p tree/var && touch tree/var/x && chown -R 33:33 tree && chmod 700 tree'],
      bench,
    );
    await expect(rm(left, { recursive: true })).rejects.toThrow('EACCES');
    const own = await openFolder(base, (message) => expect.fail(message));
    await expect(stat(left)).rejects.toThrow('ENOENT');
    expect((await stat(own)).mode & 0o777).toBe(0o700);
  });
});
