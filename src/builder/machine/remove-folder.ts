import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { rootTool } from './root-tool.ts';

/** Removes a folder with all that is in it, mapped users' files too. What cannot be removed stays, and is told. */
export async function removeFolder(folder: string, tell: (message: string) => void): Promise<void> {
  const { signal } = new AbortController();
  // what is changed meanwhile leads it nowhere else: Node's own goes by paths
  const [program, args] = ['rm', ['-rf', '--', folder]] as const;
  try {
    await rootTool(program, args, { cwd: dirname(folder), signal });
  } catch (error) {
    // not every machine has namespaces, and only guests need them
    await promisify(execFile)(program, args).catch(() =>
      tell(`${folder} stays: ${(error as Error).message}`),
    );
  }
}
