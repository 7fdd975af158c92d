import type { Log } from './log.ts';

/** Lines of one build that are logged; what runs in a guest may write without end. */
const most = 20_000;

/** Notes what a build says, up to a limit. */
export function createNotes(log: Log, build: string): (line: string) => void {
  let count = 0;
  return (line) => {
    count += 1;
    if (count <= most) log('note', { build, line });
    else if (count === most + 1) log('note', { build, line: 'no more of this build is logged' });
  };
}
