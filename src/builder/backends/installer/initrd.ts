import { appendFile, copyFile, stat } from 'node:fs/promises';

const alignment = 4;
/** The kernel finds an archive only at a multiple of four. */
const padding = (length: number): Buffer =>
  Buffer.alloc((alignment - (length % alignment)) % alignment);

/** One member of a cpio archive in the "newc" format (Linux, driver-api/early-userspace/buffer-format). */
function member(name: string, mode: number, data: Uint8Array): Buffer {
  const fields = { ino: 0, mode, uid: 0, gid: 0, nlink: 1, mtime: 0, size: data.length };
  const device = [0, 0, 0, 0];
  const label = Buffer.from(`${name}\0`);
  const header = [...Object.values(fields), ...device, label.length, 0]
    .map((field) => field.toString(16).padStart(8, '0'))
    .join('');
  const head = Buffer.concat([Buffer.from(`070701${header}`), label]);
  return Buffer.concat([head, padding(head.length), data, padding(data.length)]);
}

/** A cpio archive of regular files in its root, readable by root alone. */
export function cpioArchive(files: Readonly<Record<string, string>>): Buffer {
  const regular = 0o100600;
  const members = Object.entries(files).map(([name, text]) =>
    member(name, regular, Buffer.from(text)),
  );
  return Buffer.concat([...members, member('TRAILER!!!', 0, Buffer.alloc(0))]);
}

/** A copy of an initrd with further files in its root: the kernel unpacks one archive after the other. */
export async function extendInitrd(
  initrd: string,
  copy: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await copyFile(initrd, copy);
  const { size } = await stat(copy);
  await appendFile(copy, Buffer.concat([padding(size), cpioArchive(files)]));
}
