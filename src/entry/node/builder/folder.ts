import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // somebody else's process
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Makes a folder for this process's builds; those of processes that are gone are removed. */
export async function openFolder(base: string): Promise<string> {
  const root = resolve(base);
  await mkdir(root, { recursive: true });
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
