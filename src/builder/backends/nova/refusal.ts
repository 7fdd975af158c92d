import type { Fault } from '../../../core/fault.ts';
import { BuildFailure } from '../../backend.ts';
import { Trouble } from '../../trouble.ts';

/** Nova's words without what tells of the inside, or repeats what was sent. */
export const cleaned = (words: string): string =>
  words
    .replace(/\bValue: .*$/s, '')
    .replace(/\b\w+:\/\/\S+/g, '…')
    .replace(/(?<![\w/])\/[\w.+-]+(?:\/[\w.+-]*)+/g, '…')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '…')
    .replace(/\s+/g, ' ')
    .trim();

/** What a refused order means: the build's own failure, or trouble that may pass. */
export function refusal(what: string, refused: Fault): Error {
  switch (refused.kind) {
    case 'bad-request':
    case 'forbidden':
    case 'not-found':
    case 'conflict':
    case 'too-large':
      return new BuildFailure(`The Compute service refused ${what}: ${cleaned(refused.message)}`);
    default:
      return new Trouble(refused);
  }
}
