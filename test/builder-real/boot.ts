import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGuest } from '../../src/builder/machine/guest.ts';
import { run } from '../../src/builder/machine/program.ts';

/** When a boot that does not come to its end has failed. */
const patienceMs = 240_000;
/** For what comes after, a prompt above all, which has no end of line. */
const restMs = 10_000;

/** Boots an image on a larger disk and leaves it as it is; tells what its serial line said until it said `proof`, and a little after. */
export async function bootImage(file: string, proof: RegExp): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'polyglance-boot-'));
  const overlay = join(folder, 'overlay.qcow2');
  const stop = new AbortController();
  const timers = [setTimeout(() => stop.abort(), patienceMs)];
  const lines: string[] = [];
  try {
    const create = ['create', '-q', '-f', 'qcow2', '-b', file, '-F', 'qcow2', overlay, '6G'];
    await run('qemu-img', create, { cwd: folder, signal: stop.signal });
    await runGuest({
      folder,
      accelerator: 'tcg',
      memory: 512,
      disks: [{ file: overlay, format: 'qcow2' }],
      network: 'none',
      line: (text) => {
        lines.push(text);
        if (proof.test(text)) timers.push(setTimeout(() => stop.abort(), restMs));
      },
      signal: stop.signal,
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    timers.forEach(clearTimeout);
    await rm(folder, { recursive: true, force: true });
  }
  return lines.join('\n');
}
