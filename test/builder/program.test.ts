import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endOf,
  ProgramFailure,
  type ProgramOptions,
  run,
} from '../../src/builder/machine/program.ts';
import { until } from './setting.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyglance-program-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const shell = (script: string, options: Partial<ProgramOptions> = {}) =>
  endOf('sh', ['-c', script], { cwd: folder, signal: new AbortController().signal, ...options });

const isGone = (pid: number) => async (): Promise<boolean> => {
  try {
    // a process that nobody has waited for yet is over all the same
    return (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z ');
  } catch {
    return true;
  }
};

const pidIn = async (name: string): Promise<number> =>
  until(
    () => readFile(join(folder, name), 'utf8').catch(() => ''),
    (text) => text.endsWith('\n'),
    name,
  ).then(Number);

describe('a program', () => {
  it('is heard line by line, and tells how it ended', async () => {
    const lines: string[] = [];
    const line = (text: string) => lines.push(text);
    const ended = await shell('echo one; echo two >&2; echo three; exit 3', { line });
    expect(lines).toEqual(['one', 'three']);
    expect(ended.code).toBe(3);
    expect([...ended.tail].sort()).toEqual(['one', 'three', 'two']);
  });

  it('may write a line that does not end: its beginning is heard', async () => {
    const lines: string[] = [];
    const script = 'head -c 50000000 /dev/zero | tr "\\0" a; echo; printf "naïve\\r\\nlast"';
    await shell(script, { line: (text) => lines.push(text) });
    expect(lines).toEqual(['a'.repeat(1000), 'naïve', 'last']);
  });

  it('may end a line in two pieces, as serial ports do', async () => {
    const lines: string[] = [];
    const script = 'printf "one\\r"; sleep 0.2; printf "\\ntwo\\r\\n"';
    await shell(script, { line: (text) => lines.push(text) });
    expect(lines).toEqual(['one', 'two']);
  });

  it('inherits nothing of the environment', async () => {
    process.env['POLYGLANCE_TOKEN'] = 'very-secret';
    const lines: string[] = [];
    await shell('env', { line: (text) => lines.push(text), env: { GIVEN: 'x' } });
    delete process.env['POLYGLANCE_TOKEN'];
    expect(lines.join()).not.toContain('very-secret');
    expect(lines).toContain('GIVEN=x');
  });

  it('reads what it is given', async () => {
    const lines: string[] = [];
    await shell('cat', { input: 'a\nb', line: (text) => lines.push(text) });
    expect(lines).toEqual(['a', 'b']);
    expect((await shell('exit 0', { input: 'x'.repeat(1_000_000) })).code).toBe(0);
  });

  it('that fails is an error that says so', async () => {
    const options = { cwd: folder, signal: new AbortController().signal };
    await expect(run('sh', ['-c', 'echo no >&2; exit 7'], options)).rejects.toThrow(
      new ProgramFailure('sh', { code: 7, tail: ['no'] }),
    );
  });

  it('can be kept from getting more rights', async () => {
    const lines: string[] = [];
    const options = { sealed: true, line: (text: string) => lines.push(text) };
    await shell('grep NoNewPrivs /proc/self/status', options);
    expect(lines).toEqual(['NoNewPrivs:\t1']);
  });

  it('is held to its limits', async () => {
    const limits = { file: 1000 };
    const ended = await shell('head -c 5000 /dev/zero > big', { limits });
    expect(ended.code).not.toBe(0);
    expect((await readFile(join(folder, 'big'))).length).toBe(1000);
  });

  it('ends with all that it has started when it is cancelled', async () => {
    const cancel = new AbortController();
    const ended = shell('sleep 60 & echo $! > child; wait', { signal: cancel.signal });
    const child = await pidIn('child');
    cancel.abort(new Error('cancelled'));
    await expect(ended).rejects.toThrow('cancelled');
    await until(isGone(child), Boolean, 'the child is gone');
  });

  it('takes what it has left running with it', async () => {
    await shell('sleep 60 & echo $! > left');
    await until(isGone(await pidIn('left')), Boolean, 'the child is gone');
  });

  it('is over when it ends, even where what has left its group still holds its outputs', async () => {
    const lines: string[] = [];
    const script =
      'setsid sh -c "echo \\$\\$ > away; exec sleep 60" & until [ -s away ]; do :; done; echo done; exit 3';
    const ended = await shell(script, { line: (text) => lines.push(text) });
    const away = await pidIn('away');
    expect(await isGone(away)()).toBe(false);
    process.kill(away, 'SIGKILL');
    expect(ended.code).toBe(3);
    expect(lines).toEqual(['done']);
  });

  it('that is cancelled is over although something has left its group', async () => {
    const cancel = new AbortController();
    const script =
      'setsid sh -c "echo \\$\\$ > apart; exec sleep 60" & until [ -s apart ]; do :; done; exec sleep 60';
    const ended = shell(script, { signal: cancel.signal });
    const apart = await pidIn('apart');
    cancel.abort(new Error('cancelled'));
    await expect(ended).rejects.toThrow('cancelled');
    expect(await isGone(apart)()).toBe(false);
    process.kill(apart, 'SIGKILL');
  });

  it('is heard while its line has not ended, after the lines before', async () => {
    const heard: string[] = [];
    await shell('printf "one\\ntw"; sleep 0.2; printf "o? "; sleep 0.2; echo; echo three', {
      line: (text) => heard.push(text),
      pending: (text) => heard.push(`${text}…`),
    });
    expect(heard).toEqual(['one', 'tw…', 'two? …', 'two? ', 'three']);
  });

  it('does not start when it is cancelled already', async () => {
    const signal = AbortSignal.abort(new Error('before'));
    await expect(async () => shell('touch started', { signal })).rejects.toThrow('before');
    await expect(readFile(join(folder, 'started'))).rejects.toThrow();
  });

  it('ends with the worker, even one that is killed', async () => {
    const module = join(import.meta.dirname, '../../src/builder/machine/program.ts');
    const script = `import { endOf } from ${JSON.stringify(module)};
      await endOf('sh', ['-c', 'echo $$ > orphan; exec sleep 60'], { cwd: ${JSON.stringify(folder)}, signal: new AbortController().signal });`;
    const worker = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      {
        cwd: join(import.meta.dirname, '../..'),
        stdio: 'ignore',
      },
    );
    const orphan = await pidIn('orphan');
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await until(isGone(orphan), Boolean, 'the program is gone');
  });
});
