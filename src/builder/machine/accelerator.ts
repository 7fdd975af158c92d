import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { BuildSite } from '../backend.ts';
import { type Accelerator, runGuest } from './guest.ts';

/** `auto`: KVM where the kernel boots with it, else emulation. */
export type AcceleratorSetting = 'auto' | Accelerator;

/** Which accelerator a guest with this kernel runs with; tries it once for each kernel. Throws where a demanded one does not work. */
export type ChooseAccelerator = (
  kernel: string,
  site: Pick<BuildSite, 'folder' | 'signal'>,
) => Promise<Accelerator>;

/** From start to the kernel's first line; a kernel that runs says it within a second or two. */
const patienceMs = 15_000;
const firstLine = /Linux version \d/;

/** Whether a kernel comes as far as its first line. A device that is there says nothing: some hang in mid-boot. */
async function boots(
  accelerator: Accelerator,
  kernel: string,
  { folder, signal }: Pick<BuildSite, 'folder' | 'signal'>,
): Promise<boolean> {
  signal.throwIfAborted();
  // AbortSignal.any loses its sources to the garbage collector on Node 20
  const end = new AbortController();
  const stop = (): void => end.abort();
  const timer = setTimeout(stop, patienceMs);
  signal.addEventListener('abort', stop, { once: true });
  let heard = false;
  try {
    await runGuest({
      folder,
      accelerator,
      memory: 512,
      disks: [],
      kernel: { file: kernel, command: 'console=ttyS0 earlyprintk=serial panic=-1' },
      network: 'none',
      line: (text) => {
        heard ||= firstLine.test(text);
        if (heard) stop();
      },
      signal: end.signal,
    });
  } catch (error) {
    if (!end.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return heard;
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Milliseconds; a machine under load may have been too slow for {@link patienceMs}. */
const refusalHolds = 3_600_000;

/** Decides how guests run. That KVM works is remembered as long as the process lives, that it does not for an hour; `now` is in milliseconds. */
export function createAccelerator(
  setting: AcceleratorSetting,
  now: () => number = () => performance.now(),
): ChooseAccelerator {
  /** By kernel, until when it is not tried again. */
  const refused = new Map<string, number>();
  const usable = new Set<string>();
  return async (kernel, site) => {
    if (setting === 'tcg') return 'tcg';
    const key = await digest(kernel);
    if (usable.has(key)) return 'kvm';
    if (now() >= (refused.get(key) ?? Number.NEGATIVE_INFINITY)) {
      if (await boots('kvm', kernel, site)) {
        usable.add(key);
        return 'kvm';
      }
      refused.set(key, now() + refusalHolds);
    }
    if (setting === 'kvm') throw new Error('KVM does not work here: a kernel did not boot with it');
    return 'tcg';
  };
}
