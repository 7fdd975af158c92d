import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rootTool } from './root-tool.ts';

/** Removes a folder with all that is in it, mapped users' files too. What cannot be removed stays, and is told. */
export async function removeFolder(folder: string, tell: (message: string) => void): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    const { signal } = new AbortController();
    await rootTool('rm', ['-rf', '--', folder], { cwd: dirname(folder), signal }).catch((error) =>
      tell(`${folder} stays: ${error.message}`),
    );
  }
}
