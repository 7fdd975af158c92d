import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailure, type BuildSite } from '../../backend.ts';
import { type Accelerator, proxyAddress, runGuest } from '../../machine/guest.ts';
import { type Ended, ProgramFailure } from '../../machine/program.ts';
import { type Bench, rootTool } from '../../machine/root-tool.ts';
import { files, seedLabel, seedMount, seedUnit } from './names.ts';
import type { DebianRootfsOptions } from './options.ts';
import { openGuestProxy } from './route.ts';
import { hygiene } from './system-files.ts';

const proxyUrl = `http://${proxyAddress.host}:${proxyAddress.port}`;

/**
 * What the guest runs: the script, then tidying up, then the result and the end. What it says begins with `mark`, new for each build,
 * so that nothing a script prints is taken for it.
 */
export const runner = (mark: string, proxied: boolean): string => `#!/bin/bash
dmesg -n 1
tell() { printf '\\n${mark} %s\\n' "$*" > /dev/ttyS0; }
export HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive
${proxied ? `export http_proxy=${proxyUrl} https_proxy=${proxyUrl}\n` : ''}cd /root
tell begin
${seedMount}/script < /dev/null > >(exec sed -u 's/^/${mark} | /' > /dev/ttyS0) 2>&1
code=$?
# the script's last words are on their way
sleep 1
if [ "$code" = 0 ]; then
  systemctl --quiet disable ${seedUnit}
  rm -f /etc/systemd/system/${seedUnit} /root/.bash_history
  journalctl --relinquish-var
  cd /
  ${hygiene.trim().replaceAll('\n', '\n  ')}
  sync
  fstrim /
fi
tell "end $code"
sync
systemctl --force poweroff
`;

const longest = 120;

/** A line that a script printed, as it may be shown: no control characters, not too long. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' own sequences are what it is about
const escapes = /\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007]*\u0007|.)/g;
export const presentable = (line: string): string =>
  line
    .replace(escapes, '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, longest);

/** Traces of a shell (`set -x`) would show the script itself. */
const isMeaningful = (line: string): boolean => /[\p{L}\p{N}]/u.test(line) && !/^\++ /.test(line);

/** What a guest has said so far. */
interface Heard {
  begun: boolean;
  code: number | undefined;
  /** The script's last words. */
  last: string;
}

/** Listens to a guest's serial line. */
export function createListener(mark: string, begun: () => void) {
  const heard: Heard = { begun: false, code: undefined, last: '' };
  const line = (text: string): void => {
    const at = text.indexOf(`${mark} `);
    if (at < 0) return;
    const said = text.slice(at + mark.length + 1);
    const end = /^end (\d+)/.exec(said)?.[1];
    if (end !== undefined) heard.code = Number(end);
    if (said.startsWith('begin')) {
      heard.begun = true;
      begun();
    }
    if (!said.startsWith('| ')) return;
    const shown = presentable(said.slice(2));
    if (isMeaningful(shown)) heard.last = shown;
  };
  return { line, heard };
}

async function makeSeed(script: string, run: string, bench: Bench): Promise<void> {
  const folder = join(bench.cwd, files.seed);
  await mkdir(folder);
  for (const [name, text] of Object.entries({ script, run })) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o700);
  }
  await rootTool(
    'mke2fs',
    [
      '-q',
      '-t',
      'ext4',
      '-O',
      '^has_journal',
      '-L',
      seedLabel,
      '-d',
      files.seed,
      files.seedDisk,
      '4m',
    ],
    bench,
  );
}

/** Runs the script in the new system. Throws {@link BuildFailure} when it fails. */
export async function runScript(
  script: string,
  accelerator: Accelerator,
  options: DebianRootfsOptions,
  site: Pick<BuildSite, 'folder' | 'signal' | 'progress' | 'log'>,
): Promise<void> {
  const { folder, signal } = site;
  const mark = `@@${randomBytes(16).toString('hex')}`;
  await makeSeed(script, runner(mark, options.network), { cwd: folder, signal });
  const { line, heard } = createListener(mark, () => site.progress(75));
  const proxy = options.network ? await openGuestProxy(options, site) : undefined;
  let ended: Ended;
  try {
    ended = await runGuest({
      folder,
      accelerator,
      memory: options.memory,
      disks: [
        { file: join(folder, files.disk), format: 'raw' },
        { file: join(folder, files.seedDisk), format: 'raw', readonly: true },
      ],
      network: proxy ? { proxy: proxy.address } : 'none',
      line,
      log: site.log,
      signal,
    });
  } finally {
    await proxy?.close();
  }
  if (heard.code === 0) return;
  if (!heard.begun) throw new ProgramFailure('qemu-system-x86_64', ended);
  if (heard.code === undefined) throw new BuildFailure('The guest ended before the script had.');
  const last = heard.last === '' ? '' : `, having said: ${heard.last}`;
  throw new BuildFailure(`The script ended with exit code ${heard.code}${last}`);
}
