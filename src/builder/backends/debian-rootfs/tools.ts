import { type Ended, type ProgramOptions, run } from '../../machine/program.ts';

/** Where the tools of a build work. */
export type Bench = Pick<ProgramOptions, 'cwd' | 'signal' | 'line' | 'both' | 'limits'>;

/** Tools for file systems are where an ordinary user does not look. */
const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/**
 * Own mounts and processes, which end with their first one; an ordinary user becomes root there, over the range of users that
 * /etc/subuid gives (newuidmap, of uidmap).
 */
const namespaces = [
  ...['--mount', '--pid', '--fork', '--kill-child'],
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user', '--map-auto']),
];

/** Runs a tool with the worker's rights. */
export const tool = (name: string, args: readonly string[], bench: Bench): Promise<Ended> =>
  run(name, args, { ...bench, env: { PATH: path } });

/** Runs a tool as root over the files of a build, real or mapped; temporary files are the build's too. */
export const rootTool = (name: string, args: readonly string[], bench: Bench): Promise<Ended> =>
  run('unshare', [...namespaces, '--', name, ...args], {
    ...bench,
    env: { PATH: path, HOME: '/root', TMPDIR: bench.cwd },
  });
