import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Puts shell scripts in the place of programs, first in the search path, and notes how each is called in `FOLDER/calls`. */
export async function standIn(
  folder: string,
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    const file = join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "${name} $*" >> ${folder}/calls\n${script}\n`);
    await chmod(file, 0o755);
  }
}
