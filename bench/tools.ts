import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian packages by the same name as their command. */
const needed = ['nginx', 'wrk', 'hey'] as const;

/** Where Debian keeps servers, which is not on every user's path. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Full path of a command; `undefined` when there is none. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Full path of a command that {@link missingTools} has not named. */
export function commandPath(name: (typeof needed)[number]): string {
  const path = findCommand(name);
  if (path === undefined) throw new Error(`no ${name} on this machine`);
  return path;
}

/** Packages to install before the bench can run. */
export function missingTools(): string[] {
  return needed.filter((name) => findCommand(name) === undefined);
}
