import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, rootTool } from '../../machine/root-tool.ts';
import { diskBytes, files, firstSector, sector } from './names.ts';
import { tool } from './tools.ts';

const grubFolder = '/usr/lib/grub/i386-pc';
/** The boot record's code, before the partition table. */
const bootCode = 440;

/** What GRUB does, without a menu: Debian keeps these two links at its newest kernel. */
const grubScript = (uuid: string): string => `search --no-floppy --fs-uuid --set=root ${uuid}
linux /vmlinuz root=UUID=${uuid} ro console=tty0 console=ttyS0,115200
initrd /initrd.img
boot
`;

const grubModules = ['biosdisk', 'part_msdos', 'ext2', 'search', 'search_fs_uuid', 'linux'];

/** Writes GRUB before the first partition; its first sector is where the boot record expects the rest. */
async function installBootLoader(uuid: string, bench: Bench): Promise<void> {
  await writeFile(join(bench.cwd, files.grubScript), grubScript(uuid));
  await tool(
    'grub-mkimage',
    [
      ...['-O', 'i386-pc', '-d', grubFolder, '-p', '/boot/grub'],
      ...['-c', files.grubScript, '-o', files.core, ...grubModules],
    ],
    bench,
  );
  const boot = await readFile(`${grubFolder}/boot.img`);
  const core = await readFile(join(bench.cwd, files.core));
  if (core.length > (firstSector - 1) * sector) throw new Error('GRUB is too large for its place');
  const disk = await open(join(bench.cwd, files.disk), 'r+');
  try {
    await disk.write(boot, 0, bootCode, 0);
    await disk.write(core, 0, core.length, sector);
  } finally {
    await disk.close();
  }
}

/** Makes a disk of the new system: one partition, its file system, the boot loader. Nothing is mounted. */
export async function makeDisk(uuid: string, bench: Bench): Promise<void> {
  const disk = join(bench.cwd, files.disk);
  await writeFile(disk, '');
  await truncate(disk, diskBytes);
  await tool('sfdisk', ['--quiet', files.disk], {
    ...bench,
    input: `label: dos\nstart=${firstSector}, type=83, bootable\n`,
  });
  const offset = firstSector * sector;
  await rootTool(
    'mke2fs',
    [
      ...['-q', '-t', 'ext4', '-L', 'root', '-U', uuid, '-d', files.tree],
      // what the boot loader and older kernels cannot read
      ...['-O', '^metadata_csum_seed,^orphan_file', '-E', `offset=${offset}`],
      ...[files.disk, `${(diskBytes - offset) / 1024}k`],
    ],
    bench,
  );
  await installBootLoader(uuid, bench);
}
