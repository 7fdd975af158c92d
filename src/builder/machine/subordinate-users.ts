import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { rootTool } from './root-tool.ts';

/** Whether lines of /etc/subuid give users to one who has these names (subuid(5): the login name or the number). */
export const givesUsers = (text: string, names: readonly string[]): boolean =>
  text.split('\n').some((line) => {
    const [name = '', , count] = line.split(':');
    return names.includes(name) && Number(count) > 0;
  });

/** What the process's user is called; one without an entry has its number only. */
function ownNames(): string[] {
  const id = String(process.getuid?.());
  try {
    return [id, userInfo().username];
  } catch {
    return [id];
  }
}

/** Whether the operator has given users to this one: by the file, or from elsewhere, when they can be used. */
export async function hasUsers(): Promise<boolean> {
  const text = await readFile('/etc/subuid', 'utf8').catch(() => '');
  if (givesUsers(text, ownNames())) return true;
  const { signal } = new AbortController();
  return rootTool('true', [], { cwd: '/', signal }).then(
    () => true,
    () => false,
  );
}
