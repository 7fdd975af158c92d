import { setTimeout as sleep } from 'node:timers/promises';
import { BuildFailure } from '../../backend.ts';
import { withEnding } from '../../machine/ending.ts';
import { type Bench, rootTool } from '../../machine/root-tool.ts';
import { files } from './names.ts';

const archives = `${files.tree}/var/cache/apt/archives`;
/** Milliseconds between two looks. */
const pace = 3_000;

/** The bytes of the packages that wait to be unpacked, and of everything else: what has been counted once is not counted again. */
async function sizes(bench: Bench): Promise<number[]> {
  const found: number[] = [];
  const line = (text: string): void => {
    found.push(Number.parseInt(text, 10));
  };
  // it complains of files that go while it looks
  await rootTool('sh', ['-c', `du -sx -B1 ${archives} ${files.tree} 2> /dev/null || :`], {
    ...bench,
    line,
  });
  return found;
}

/** Does work that fills the new system's directory, and ends it when that holds what cannot fit on a disk of so many bytes. */
export const whileItFits = <T>(
  bytes: number,
  bench: Bench,
  work: (bench: Bench) => Promise<T>,
): Promise<T> =>
  withEnding(bench.signal, async (end) => {
    const over = new AbortController();
    const watch = async (): Promise<void> => {
      for (;;) {
        await sleep(pace, undefined, { signal: over.signal });
        const found = await sizes({ ...bench, signal: over.signal });
        if (found.every((size) => size <= bytes)) continue;
        end.abort(new BuildFailure('The packages do not fit on the disk.'));
        return;
      }
    };
    const watching = watch().catch((error) => {
      if (!over.signal.aborted) end.abort(error);
    });
    try {
      return await work({ ...bench, signal: end.signal, limits: { file: bytes } });
    } finally {
      over.abort();
      await watching;
    }
  });
