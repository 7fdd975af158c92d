import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { removeFolder } from '../../../builder/machine/remove-folder.ts';

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
export async function openFolder(base: string, tell: (message: string) => void): Promise<string> {
  const root = resolve(base);
  await mkdir(root, { recursive: true });
  for (const name of await readdir(root)) {
    const pid = Number(/^worker-(\d+)(?:-|$)/.exec(name)?.[1]);
    if (!pid || (pid !== process.pid && isRunning(pid))) continue;
    await removeFolder(join(root, name), tell);
  }
  // one of the same number may have stayed
  return mkdtemp(join(root, `worker-${process.pid}-`));
}
