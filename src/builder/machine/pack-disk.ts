import { run } from './program.ts';
import type { Bench } from './root-tool.ts';

/** Copies a raw disk to a compressed qcow2 file; the disk's format is told, since a guest may have written a forged header into it. */
export const packDisk = (disk: string, image: string, bench: Bench) =>
  run(
    'qemu-img',
    [
      ...['convert', '-f', 'raw', '-O', 'qcow2', '-c', '-o', 'compression_type=zstd'],
      ...[disk, image],
    ],
    bench,
  );
