import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Unusable } from './unusable.ts';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // somebody else's process
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Guests of root run as nobody, and must come to their disks. */
async function requireReach(folder: string): Promise<void> {
  const { mode } = await stat(folder);
  if (!(mode & 0o001)) {
    throw new Unusable(`--builder-folder: guests run as nobody, who cannot enter ${folder}`);
  }
  if (dirname(folder) !== folder) await requireReach(dirname(folder));
}

/** Makes a folder for this process's builds; those of processes that are gone are removed. Throws {@link Unusable}. */
export async function openFolder(base: string, guests: boolean): Promise<string> {
  const root = resolve(base);
  await mkdir(root, { recursive: true });
  if (guests && process.getuid?.() === 0) await requireReach(root);
  for (const name of await readdir(root)) {
    const pid = Number(/^worker-(\d+)$/.exec(name)?.[1]);
    if (!pid || (pid !== process.pid && isRunning(pid))) continue;
    await rm(join(root, name), { recursive: true, force: true });
  }
  const folder = join(root, `worker-${process.pid}`);
  // guests run as nobody, and reach their own disk through it
  await mkdir(folder, { mode: 0o711 });
  return folder;
}
