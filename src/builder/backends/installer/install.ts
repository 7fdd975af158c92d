import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailure, type BuildSite } from '../../backend.ts';
import { type Accelerator, runGuest } from '../../machine/guest.ts';
import { startProxy } from '../../machine/proxy.ts';
import { type Sources, sourceFilter } from '../../sources.ts';
import { extendInitrd, type InitrdFile } from './initrd.ts';
import type { Installer } from './installers.ts';
import { kernelCommand } from './script.ts';
import { watchInstaller } from './watch.ts';

/** How installers are run. */
export interface InstallOptions {
  /** The Debian mirror that is used when none is asked for. */
  readonly mirror: string;
  readonly sources: Sources;
  /** How a guest with this kernel runs. */
  readonly accelerator: (
    kernel: string,
    site: Pick<BuildSite, 'folder' | 'signal'>,
  ) => Promise<Accelerator>;
  /** MiB of the guest. */
  readonly memory: number;
}

/** Milliseconds that an installer may say nothing. */
const silence = 15 * 60_000;
/** Of no use to anybody while a kernel starts at all. */
const kernelMessage = /^\[ *\d+\.\d+\] /;

/** Runs an installer with its files in its initrd, until it has installed its system on the disk, a raw file. */
export async function install(
  { mirror, sources, accelerator, memory }: InstallOptions,
  installer: Installer,
  { files, disk }: { readonly files: readonly InitrdFile[]; readonly disk: string },
  site: BuildSite,
): Promise<void> {
  const { folder, log } = site;
  const kernel = join(folder, 'kernel');
  const initrd = join(folder, 'initrd');
  // whoever QEMU runs as may not come to the installer's folder
  await copyFile(join(installer.folder, 'linux'), kernel);
  const accelerated = await accelerator(kernel, site);
  await extendInitrd(join(installer.folder, 'initrd.gz'), initrd, files);
  let missing: string | undefined;
  const proxy = await startProxy({
    listen: { socket: join(folder, 'proxy') },
    filters: [sourceFilter([mirror]), sources.filter],
    publicLookup: sources.publicLookup,
    log: (what, url) => {
      log(`${what}: ${url}`);
      if (what === 'answered 404') missing = url.slice(url.lastIndexOf('/') + 1);
    },
  });
  const watch = watchInstaller(silence, site);
  try {
    await runGuest({
      folder,
      accelerator: accelerated,
      memory,
      disks: [{ file: disk, format: 'raw' }],
      kernel: { file: kernel, initrd, command: kernelCommand(installer) },
      network: { proxy: proxy.address },
      line: (text) => {
        if (!kernelMessage.test(text)) log(text);
        watch.line(text);
      },
      pending: watch.pending,
      log,
      signal: watch.signal,
    });
  } catch (error) {
    const failure = watch.failure();
    if (!failure || error !== failure || missing === undefined) throw error;
    throw new BuildFailure(`${failure.message} (The mirror does not have ${missing}.)`);
  } finally {
    watch.end();
    await proxy.close();
  }
  if (!watch.finished()) throw new BuildFailure('The installer ended before it was done.');
}
