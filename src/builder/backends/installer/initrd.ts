import { appendFile, copyFile, stat } from 'node:fs/promises';

const alignment = 4;
/** The kernel finds an archive only at a multiple of four. */
const padding = (length: number): Buffer =>
  Buffer.alloc((alignment - (length % alignment)) % alignment);

/** A regular file in an initrd; folders on its way must be there. */
export interface InitrdFile {
  readonly name: string;
  readonly text: string;
  /** Permissions. */
  readonly mode: number;
}

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

/** A cpio archive of regular files. */
export function cpioArchive(files: readonly InitrdFile[]): Buffer {
  const regular = 0o100000;
  const members = files.map(({ name, text, mode }) =>
    member(name, regular | mode, Buffer.from(text)),
  );
  return Buffer.concat([...members, member('TRAILER!!!', 0, Buffer.alloc(0))]);
}

/** A copy of an initrd with further files: the kernel unpacks one archive after the other. */
export async function extendInitrd(
  initrd: string,
  copy: string,
  files: readonly InitrdFile[],
): Promise<void> {
  await copyFile(initrd, copy);
  const { size } = await stat(copy);
  await appendFile(copy, Buffer.concat([padding(size), cpioArchive(files)]));
}
