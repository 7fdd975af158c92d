import { type Ended, type ProgramOptions, run } from './program.ts';

/** Where the tools of a build work. */
export type Bench = Pick<ProgramOptions, 'cwd' | 'signal' | 'input' | 'line' | 'both' | 'limits'>;

/** Tools for file systems are where an ordinary user does not look. */
export const toolPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** An ordinary user becomes root over the range of users that /etc/subuid gives (newuidmap, of uidmap). */
export const mappedUsers: readonly string[] = ['--user', '--map-root-user', '--map-auto'];

/** Own mounts and processes, which end with their first one. */
const namespaces = [
  ...['--mount', '--pid', '--fork', '--kill-child'],
  ...(process.getuid?.() === 0 ? [] : mappedUsers),
];

/** Runs a tool as root over the files of a build, real or mapped; temporary files are the build's too. */
export const rootTool = (name: string, args: readonly string[], bench: Bench): Promise<Ended> =>
  run('unshare', [...namespaces, '--', name, ...args], {
    ...bench,
    env: { PATH: toolPath, HOME: '/root', TMPDIR: bench.cwd },
  });
