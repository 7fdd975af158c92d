import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  cpioArchive,
  extendInitrd,
  type InitrdFile,
} from '../../../src/builder/backends/installer/initrd.ts';

/** Reads an archive as the kernel does (init/initramfs.c). */
function readArchive(archive: Buffer): InitrdFile[] {
  const files: InitrdFile[] = [];
  const aligned = (at: number): number => Math.ceil(at / 4) * 4;
  for (let at = 0; ; ) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (n: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * n, at + 14 + 8 * n), 16);
    const [mode, size, nameLength] = [field(1), field(6), field(11)];
    const name = archive.toString('utf8', at + 110, at + 110 + nameLength - 1);
    const data = aligned(at + 110 + nameLength);
    if (name === 'TRAILER!!!') return files;
    files.push({ name, text: archive.toString('utf8', data, data + size), mode });
    at = aligned(data + size);
  }
}

describe('files for an initrd', () => {
  it('are an archive that the kernel reads', () => {
    const files = [
      { name: 'preseed.cfg', text: 'd-i päss word\n', mode: 0o600 },
      { name: 'usr/lib/x', text: '', mode: 0o755 },
      { name: 'abc', text: '1234', mode: 0o644 },
    ];
    const regular = files.map((file) => ({ ...file, mode: 0o100000 | file.mode }));
    expect(readArchive(cpioArchive(files))).toEqual(regular);
  });

  it('follow what is there, where the kernel looks for them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'initrd-'));
    const [initrd, copy] = [join(folder, 'initrd'), join(folder, 'copy')];
    const files = [{ name: 'a', text: 'b', mode: 0o600 }];
    for (const length of [4, 5, 7]) {
      await writeFile(initrd, 'x'.repeat(length));
      await extendInitrd(initrd, copy, files);
      const bytes = await readFile(copy);
      expect(bytes.toString('latin1', 0, length)).toBe('x'.repeat(length));
      expect(readArchive(bytes.subarray(length === 4 ? 4 : 8))).toHaveLength(1);
      expect((await readFile(initrd)).length).toBe(length);
    }
    await rm(folder, { recursive: true });
  });
});
