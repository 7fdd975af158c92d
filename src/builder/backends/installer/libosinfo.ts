import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { detectable, olderScripts } from '../../../../mappings/installers.ts';
import { isFault } from '../../../core/fault.ts';
import type { ByteStream } from '../../../core/upstream.ts';
import { BuildFailure, type BuildSite } from '../../backend.ts';
import { runAsGuest } from '../../machine/as-guest.ts';
import { type Ended, run } from '../../machine/program.ts';
import { within } from '../../machine/within.ts';
import { judgeSource, type Sources } from '../../sources.ts';
import type { SystemName } from './installers.ts';

/** Milliseconds; a program of libosinfo's that waits for something waits for ever. */
const patience = 60_000;
/** What tells media and trees apart is at their beginning. */
const mostRead = 1024 ** 2;

/** What a program of libosinfo's says, or `undefined` when it fails. */
async function heardOf(
  program: (signal: AbortSignal) => Promise<Ended>,
  { signal, log }: BuildSite,
): Promise<string | undefined> {
  try {
    return (await within(patience, signal, program)).tail.join('\n');
  } catch (error) {
    signal.throwIfAborted();
    log(String(error));
    return undefined;
  }
}

/** libosinfo's script for an installation without questions of a small server. */
export async function defaultScript(os: string, site: BuildSite): Promise<string> {
  const folder = join(site.folder, 'osinfo');
  const answers = join(site.folder, 'osinfo.conf');
  // without this folder the program never ends
  await mkdir(folder);
  // it insists on a password: this one is taken out again
  const password = randomBytes(16).toString('hex');
  const settings = `[install-script]\nadmin-password=${password}\nhostname=localhost\n`;
  await writeFile(answers, settings, { mode: 0o600 });
  const args = ['-q', '-p', 'jeos', '-d', folder, `--config-file=${answers}`];
  const options = { cwd: site.folder, env: { HOME: site.folder } };
  const program = (signal: AbortSignal): Promise<Ended> =>
    run('osinfo-install-script', [...args, olderScripts[os] ?? os], { ...options, signal });
  await heardOf(program, site);
  const [name] = await readdir(folder);
  if (name === undefined) {
    throw new BuildFailure('There is no default installScript for this system.');
  }
  return readFile(join(folder, name), 'utf8');
}

/** Where a program is, whether or not it can come there by the folder's path. */
const here = '/proc/self/cwd';

/** What osinfo-detect says of a stranger's file, which it reads as a guest's user. */
function detect(
  args: readonly string[],
  file: string,
  site: BuildSite,
): Promise<string | undefined> {
  const { folder, log } = site;
  const needs = { kvm: false, proxy: false };
  const options = { folder, files: [file], needs, env: { HOME: here }, log };
  return heardOf((signal) => runAsGuest('osinfo-detect', args, { ...options, signal }), site);
}

async function beginning(body: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= mostRead) break;
  }
  return Buffer.concat(chunks).subarray(0, mostRead);
}

/** Reads "Media is an installer for OS 'Debian 11 (x86_64)'". */
export function readDetection(text: string): SystemName | undefined {
  const [, osName, osVersion, osArch] =
    /\bfor OS '(.+?) (\d[\w.]*)(?: [^(']*)?(?:\((\w+)\))?'/.exec(text) ?? [];
  return osName === undefined ? undefined : { osName, osVersion, osArch };
}

/** What libosinfo finds an `installSource` to be; `undefined` when it names nothing to look at, or nothing that it knows. */
export async function detectSystem(
  source: Readonly<Record<string, string>>,
  sources: Sources,
  site: BuildSite,
): Promise<SystemName | undefined> {
  const found = detectable.find(({ key }) => source[key]);
  if (!found) return undefined;
  const { type } = found;
  const url = await judgeSource(source[found.key] ?? '', sources);
  // of a tree it reads one file
  const name = type === 'tree' ? '.treeinfo' : 'medium.iso';
  if (type === 'tree') url.pathname = `${url.pathname.replace(/\/$/, '')}/${name}`;
  const opened = await sources.open(url.href, site.signal);
  if (isFault(opened)) return undefined;
  const folder = join(site.folder, 'source');
  const file = join(folder, name);
  await mkdir(folder);
  await chmod(folder, 0o711);
  await writeFile(file, await beginning(opened.body));
  const place = type === 'tree' ? pathToFileURL(`${here}/source`).href : `${here}/source/${name}`;
  return readDetection((await detect([`--type=${type}`, place], file, site)) ?? '');
}
