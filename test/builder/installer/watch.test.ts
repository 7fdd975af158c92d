import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BuildFailure } from '../../../src/builder/backend.ts';
import { finishedMark } from '../../../src/builder/backends/installer/script.ts';
import { type Watch, watchInstaller } from '../../../src/builder/backends/installer/watch.ts';

const silence = 15 * 60_000;
let watch: Watch;
let build: AbortController;
let percents: number[];

beforeEach(() => {
  vi.useFakeTimers();
  percents = [];
  build = new AbortController();
  const progress = (percent: number) => percents.push(percent);
  watch = watchInstaller(silence, { signal: build.signal, progress });
});
afterEach(() => {
  watch.end();
  vi.useRealTimers();
});

const say = (text: string): void => {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  for (const line of lines) watch.line(line);
  if (last !== '') watch.pending(last);
};

const failure = (): string | undefined => {
  expect(watch.signal.reason).toBe(watch.failure());
  expect(watch.failure()).toBeInstanceOf(BuildFailure);
  return watch.failure()?.message;
};

const failedDownload = `Loading additional components

Download installer components
-----------------------------

The installer failed to download a file from the mirror. This may be a problem
with your network, or with the mirror.
Downloading a file failed:
  1: Retry [*],  2: Change mirror,      3: Cancel,
Prompt: '?' for help, default=1> `;

describe('an installer', () => {
  it.each(['', '\n'])('that asks has failed, its line ended or not (%j)', (end) => {
    say(failedDownload + end);
    expect(failure()).toBe(
      'The installer waits for an answer: Download installer components: The installer failed to download a file from the mirror.',
    );
  });

  it('that explains at length is heard with its question', () => {
    say(
      'Configure the network\n----\n\nAll is well. However, no route.\n\nGo on?\n  1: Yes\nPrompt: ',
    );
    expect(failure()).toBe('The installer waits for an answer: Configure the network: Go on?');
  });

  it('that shows an error and waits for Enter has failed', () => {
    say('Bad archive mirror\n------------------\n\nNo kernel modules.\n[Press enter to continue] ');
    expect(failure()).toBe(
      'The installer waits for an answer: Bad archive mirror: No kernel modules.',
    );
  });

  it('that says nothing any more has failed', () => {
    say('Installing the base system  ... 0%... 5%');
    vi.advanceTimersByTime(silence - 1);
    say('Installing the base system  ... 0%... 5%... 11%\nUnpacking libc6');
    vi.advanceTimersByTime(silence - 1);
    expect(watch.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(failure()).toBe(
      'The installer said nothing for 15 minutes after: Installing the base system  ... 0%... 5%... 11%',
    );
  });

  it('goes on through messages that only look like questions', () => {
    say('Prompting for nothing\n  1: one\nSetting up foo (1.2) ... Prompt: x\nDo you agree? ');
    expect(watch.signal.aborted).toBe(false);
  });

  it('is read without what moves cursors and colours words', () => {
    say("\x1b[0m\x1b[1mTitle\n-----\nWhat?\n\x1b[7mPrompt: '?' for help> ");
    expect(failure()).toBe('The installer waits for an answer: Title: What?');
  });

  it('ends with its build, and has not failed then', () => {
    const reason = new Error('deleted');
    build.abort(reason);
    expect(watch.signal.reason).toBe(reason);
    expect(watch.failure()).toBeUndefined();
  });

  it('tells how far it has come', () => {
    say('Installing the base system  ... 0%\nConfiguring apt  ... 3%');
    expect(percents).toEqual([20, 55]);
  });

  it('is done when it says so on a line of its own', () => {
    say(`echo '${finishedMark}'\n`);
    expect(watch.finished()).toBe(false);
    say(`${finishedMark}\r\n`);
    expect(watch.finished()).toBe(true);
  });
});
