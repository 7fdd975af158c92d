import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccelerator } from '../../src/builder/machine/accelerator.ts';
import { standIn } from './installer/programs.ts';

const path = process.env['PATH'];
const says = "echo 'Linux version 6.1.0'";
let base = '';
let kernel = '';
let time = 0;

/** What a kernel does that is started with KVM. */
const boots = (script: string) => standIn(join(base, 'bin'), { 'qemu-system-x86_64': script });

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'polyglance-accelerator-'));
  // what runs as another user comes to its programs
  await chmod(base, 0o755);
  await mkdir(join(base, 'build'));
  kernel = join(base, 'kernel');
  await writeFile(kernel, 'kernel');
  await boots('exit 1');
  await writeFile(join(base, 'bin/calls'), '');
  await chmod(join(base, 'bin/calls'), 0o666);
  process.env['PATH'] = `${join(base, 'bin')}:${path}`;
  time = 0;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(base, { recursive: true });
});

const site = () => ({ folder: join(base, 'build'), signal: AbortSignal.timeout(10_000) });

describe('KVM', () => {
  it('is used for kernels that boot with it, which is found once', async () => {
    const choose = createAccelerator('auto', () => time);
    await boots(says);
    expect(await choose(kernel, site())).toBe('kvm');
    await boots('exit 1');
    time = 24 * 3_600_000;
    expect(await choose(kernel, site())).toBe('kvm');
    await writeFile(kernel, 'another');
    expect(await choose(kernel, site())).toBe('tcg');
  });

  it('is not tried again for an hour where a kernel did not boot with it, and then it is', async () => {
    const choose = createAccelerator('auto', () => time);
    expect(await choose(kernel, site())).toBe('tcg');
    await boots(says);
    time = 3_599_999;
    expect(await choose(kernel, site())).toBe('tcg');
    time = 3_600_000;
    expect(await choose(kernel, site())).toBe('kvm');
  });

  it('is an error where it is demanded and does not work', async () => {
    const choose = createAccelerator('kvm', () => time);
    for (const _ of [1, 2]) {
      await expect(choose(kernel, site())).rejects.toThrow('KVM does not work here');
    }
  });
});
