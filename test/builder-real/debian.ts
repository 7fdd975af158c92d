import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { BuildBackend } from '../../src/builder/backend.ts';
import { run } from '../../src/builder/machine/program.ts';
import type { ImageSpec } from '../../src/core/image-spec.ts';

export const realMirror = process.env['TEST_MIRROR'] ?? 'http://deb.debian.org/debian';
export const realSecurity =
  process.env['TEST_SECURITY_MIRROR'] ?? 'http://deb.debian.org/debian-security';

/** The root file system of a disk, as e2fsprogs name it. */
export const partition = 'disk.raw?offset=1048576';

/** Runs a tool in a folder; what it says. */
export async function tool(folder: string, name: string, ...args: string[]): Promise<string> {
  const lines: string[] = [];
  await run(name, args, {
    cwd: folder,
    signal: AbortSignal.timeout(60_000),
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    line: (text) => lines.push(text),
  });
  return lines.join('\n');
}

/** Folders for builds of Debian, which go when the tests are over. */
export function useBuildFolders() {
  const folders: string[] = [];
  afterAll(() =>
    Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))),
  );
  return {
    last: (): string => folders.at(-1) ?? '',

    /** Builds; tells the folder, which then holds the image and the disk that it was made of. */
    build: async (
      backend: BuildBackend,
      spec: Partial<ImageSpec>,
      signal = new AbortController().signal,
    ) => {
      const folder = await mkdtemp(join(tmpdir(), 'polyglance-build-'));
      await chmod(folder, 0o755);
      folders.push(folder);
      const percents: number[] = [];
      const log: string[] = [];
      const artifact = await backend.build(
        {
          id: 'b5a64e3c-0000-4000-8000-000000000000',
          name: 'test',
          project: 'demo',
          spec: { osName: 'Debian', ...spec },
        },
        {
          folder,
          signal,
          progress: (percent) => percents.push(percent),
          locate: () => undefined,
          log: (line) => {
            log.push(line);
            console.log(line);
          },
        },
      );
      return { folder, artifact, percents, log };
    },
  };
}
