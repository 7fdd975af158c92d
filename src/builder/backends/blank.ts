import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildBackend } from '../backend.ts';
import { fileArtifact } from '../file-artifact.ts';

const clusterBits = 9;
const cluster = 2 ** clusterBits;
const virtualSize = 1024 ** 2;
/** Each first-level entry leads to a cluster of 8-byte entries for one cluster each. */
const firstLevel = virtualSize / ((cluster / 8) * cluster);

/** An empty disk of 1 MiB as a qcow2 file of 2 KiB (QEMU, docs/interop/qcow2: version 2). */
export function blankDisk(): Uint8Array {
  const [refcountTable, refcountBlock, table, clusters] = [1, 2, 3, 4];
  const file = Buffer.alloc(clusters * cluster);
  file.write('QFI\xfb', 'latin1');
  file.writeUInt32BE(2, 4);
  file.writeUInt32BE(clusterBits, 20);
  file.writeBigUInt64BE(BigInt(virtualSize), 24);
  file.writeUInt32BE(firstLevel, 36);
  file.writeBigUInt64BE(BigInt(table * cluster), 40);
  file.writeBigUInt64BE(BigInt(refcountTable * cluster), 48);
  file.writeUInt32BE(1, 56);
  file.writeBigUInt64BE(BigInt(refcountBlock * cluster), refcountTable * cluster);
  for (let n = 0; n < clusters; n += 1) file.writeUInt16BE(1, refcountBlock * cluster + 2 * n);
  return file;
}

/** Makes an empty disk of whatever is ordered: for demonstrations, and to try a set-up out. */
export function createBlank(): BuildBackend {
  return {
    name: 'blank',
    declines: () => undefined,
    build: async (_order, { folder, progress }) => {
      const file = join(folder, 'blank.qcow2');
      await writeFile(file, blankDisk());
      progress(100);
      return fileArtifact(file);
    },
    check: async () => ({ ready: true, findings: ['makes empty disks, anywhere'], missing: [] }),
  };
}
