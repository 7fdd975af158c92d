import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Bench, rootTool } from '../../machine/root-tool.ts';
import { files, seedUnit } from './names.ts';
import {
  enabledUnits,
  type FileTexts,
  hygiene,
  seedUnitFiles,
  systemFiles,
} from './system-files.ts';

async function writeFiles(root: string, texts: FileTexts): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o644 });
  }
}

/** In the root of the new system. */
const tidying = `
rm -f etc/apt/apt.conf.d/99mmdebstrap etc/dpkg/dpkg.cfg.d/99mmdebstrap
${hygiene}`;

/**
 * In the build's folder: puts the overlay over the new system, enables the units given and takes the kernel out. What the new system
 * has for a link leads nowhere but into it.
 */
const furnishing = `set -eu
cp -R --no-preserve=ownership --remove-destination ${files.overlay}/. ${files.tree}/
chroot ${files.tree} cat /vmlinuz > ${files.kernel}
systemctl --root=${files.tree} --quiet enable "$@"
exec chroot ${files.tree} sh -euc '${tidying}'`;

/** Makes the new system one that boots, and runs the seed disk once where it is to. */
export async function furnish(
  uuid: string,
  { seeded }: { readonly seeded: boolean },
  bench: Bench,
): Promise<void> {
  const overlay = join(bench.cwd, files.overlay);
  await writeFiles(overlay, { ...systemFiles(uuid), ...(seeded && seedUnitFiles) });
  const units = seeded ? [...enabledUnits, seedUnit] : enabledUnits;
  await rootTool('sh', ['-c', furnishing, 'furnish', ...units], bench);
}
