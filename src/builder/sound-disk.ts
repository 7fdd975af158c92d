import { open } from 'node:fs/promises';
import type { Artifact } from './backend.ts';

const magic = 'QFI\xfb';
const headerLength = 104;
/** A bit of version 3's incompatible features (QEMU, docs/interop/qcow2). */
const externalData = 4n;

function qcow2Fault(header: Buffer): string | undefined {
  if (header.toString('latin1', 0, 4) !== magic) return 'is no qcow2 file';
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) return 'is of an unknown version of qcow2';
  if (header.readBigUInt64BE(8) !== 0n) return 'has a backing file';
  const apart = version === 3 && (header.readBigUInt64BE(72) & externalData) !== 0n;
  return apart ? 'keeps its data in another file' : undefined;
}

/** What is wrong with a disk made by others: a header that leads to other files would have them read by whoever opens it. */
export async function diskFault(
  file: string,
  format: Artifact['diskFormat'],
): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerLength));
    if (bytesRead === 0) return 'is empty';
    if (format === 'qcow2') return qcow2Fault(buffer);
    return buffer.toString('latin1', 0, 4) === magic ? 'is no raw disk' : undefined;
  } finally {
    await handle.close();
  }
}
