import type { BuildSite } from './backend.ts';
import type { Log } from './log.ts';
import type { BuildRecords } from './queue/builds.ts';

/** Percent between two writes, and what is left for the upload. */
const step = 10;
const built = 90;

/** What a build tells of itself, and whether Glance has been told. */
export interface Progress extends Pick<BuildSite, 'progress' | 'locate'> {
  readonly settled: () => Promise<void>;
}

/** Writes a build's progress into its image, one write at a time and only what is worth one. Failures are logged, no more. */
export function createProgress(builds: BuildRecords, id: string, log: Log): Progress {
  let written = 0;
  let percent = 0;
  let writing = Promise.resolve();
  const write = (where: Parameters<BuildSite['locate']>[0]): void => {
    const now = percent;
    written = now;
    writing = writing
      .then(() => builds.progress(id, now, where))
      .catch((error) => log('trouble', { build: id, message: String(error) }));
  };
  return {
    progress: (done) => {
      percent = Math.max(percent, Math.floor((Math.min(Math.max(done, 0), 100) * built) / 100));
      if (percent >= written + step) write({});
    },
    locate: write,
    settled: () => writing,
  };
}
