import { stripVTControlCharacters } from 'node:util';
import { milestones } from '../../../../mappings/installers.ts';
import { BuildFailure, type BuildSite } from '../../backend.ts';
import { finishedMark } from './script.ts';

/** An installer as seen through its serial port. */
export interface Watch {
  /** For each line of the guest's. */
  readonly line: (text: string) => void;
  /** For what has no end yet. */
  readonly pending: (text: string) => void;
  /** Fires with the build's own, and with {@link failure}. */
  readonly signal: AbortSignal;
  /** That the installer waits for an answer, or says nothing any more. */
  readonly failure: () => BuildFailure | undefined;
  /** Whether it has said that the system is installed. */
  readonly finished: () => boolean;
  readonly end: () => void;
}

const readable = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim();

/** How questions end in the installers' text forms. */
const question = /^(?:Prompt:|\[Press enter|Please make a selection|\[anaconda root@|dracut:\/#)/;
/** Titles are underlined. */
const rule = /^-{4,}$/;
const choice = /^\d+: /;
/** Leaves room for more in what the client reads. */
const longestQuestion = 140;

/** What an installer asks: its last underlined title, and of the text below it the question, or else the first sentence. */
function asked(recent: readonly string[]): string {
  const underline = recent.findLastIndex((text) => rule.test(text));
  const title = recent[underline - 1];
  if (title === undefined) return recent.findLast((text) => text !== '') ?? '';
  const below = recent.slice(underline + 1).filter((text) => !choice.test(text));
  const asking = below.findLast((text) => text.endsWith('?'));
  const [sentence] = /^.*?[.!](?= |$)|.*/.exec(below.join(' ').replace(/\s+/g, ' ').trim()) ?? [''];
  return `${title}: ${asking ?? sentence}`;
}

/** Watches an installer; `silence` is how many milliseconds it may say nothing. */
export function watchInstaller(
  silence: number,
  { signal, progress }: Pick<BuildSite, 'signal' | 'progress'>,
): Watch {
  const mostRecent = 40;
  const recent: string[] = [];
  const stop = new AbortController();
  let finished = false;
  let failure: BuildFailure | undefined;
  const fail = (sentence: string): void => {
    failure ??= new BuildFailure(sentence);
    stop.abort(failure);
  };
  const cancel = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const minutes = Math.ceil(silence / 60_000);
  const timer = setTimeout(() => {
    const last = recent.findLast((text) => text !== '') ?? '';
    const words = `The installer said nothing for ${minutes} minutes after: ${last}`;
    fail(words.slice(0, longestQuestion));
  }, silence);
  const read = (raw: string): string => {
    const text = readable(raw);
    timer.refresh();
    const passed = milestones.find(({ says }) => text.startsWith(says));
    if (passed) progress(passed.percent);
    if (question.test(text)) {
      const words = asked(recent).slice(0, longestQuestion);
      fail(`The installer waits for an answer: ${words}`);
    }
    return text;
  };
  return {
    line: (raw) => {
      const text = read(raw);
      if (text === finishedMark) finished = true;
      recent.push(text);
      if (recent.length > mostRecent) recent.shift();
    },
    pending: read,
    signal: stop.signal,
    failure: () => failure,
    finished: () => finished,
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    },
  };
}
