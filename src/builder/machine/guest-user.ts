import { randomInt } from 'node:crypto';
import { chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ProgramOptions, run } from './program.ts';
import { mappedUsers, rootTool } from './root-tool.ts';
import { hasUsers } from './subordinate-users.ts';

/** Somebody else than the builder, for QEMU to run as: a guest that breaks out of it finds nothing. */
export interface GuestUser {
  /** What the operator should know of it. */
  readonly warning?: string;
  /** Makes files the guest's, which the builder reads and writes all the same. */
  readonly handOver: (files: readonly string[], signal: AbortSignal) => Promise<void>;
  /** A command as this user. */
  readonly command: (needs: Needs, program: string, args: readonly string[]) => Promise<Command>;
}

/** What a guest needs of the machine. */
export interface Needs {
  readonly kvm: boolean;
  readonly proxy: boolean;
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: Pick<ProgramOptions, 'sealed' | 'user'>;
}

const nobodyId = 65_534;

/** Where the builder is root. */
const nobody: GuestUser = {
  handOver: async (files) => {
    await Promise.all(files.map((file) => chown(file, nobodyId, nobodyId)));
  },
  command: async ({ kvm }, program, args) => {
    const device = kvm ? await stat('/dev/kvm').catch(() => undefined) : undefined;
    // a group of its own lets nobody use the device, and nothing else
    const user = { uid: nobodyId, gid: device?.gid || nobodyId };
    return { program, args, options: { sealed: true, user } };
  },
};

/** Above the users of packages, below what is reserved. */
const mappedIds = { from: 20_000, below: 60_000 };

/** QEMU connects itself with each program that leads to a proxy over an own loopback. */
const loopback = 'ip link set lo up && ';

/** The first process of the guest's own ones: QEMU would not wait for what those programs leave. */
const firstProcess = (proxy: boolean): string[] => [
  'sh',
  '-c',
  `${proxy ? loopback : ''}"$@"; exit $?`,
  'sh',
];

/** Arguments of unshare: no network but that, since a proxy's socket is a file; and own processes, which end with QEMU. */
const asMapped = (id: number, { kvm, proxy }: Needs): string[] => [
  ...['--net', '--pid', '--fork', '--kill-child', ...mappedUsers, '--', ...firstProcess(proxy)],
  ...['setpriv', `--reuid=${id}`, `--regid=${id}`],
  // becoming another user has undone the first --pdeathsig; KVM's group can be kept here, not given
  ...[kvm ? '--keep-groups' : '--clear-groups', '--no-new-privs', '--pdeathsig=KILL', '--'],
];

/** One of the users that an ordinary user has in /etc/subuid. */
const mapped = (id: number): GuestUser => ({
  handOver: async (files, signal) => {
    const [first] = files;
    if (first === undefined) return;
    const bench = { cwd: dirname(first), signal };
    await rootTool('chown', [`${id}:0`, '--', ...files], bench);
    await rootTool('chmod', ['u=rw,g=rw,o=', '--', ...files], bench);
  },
  // sealed from the start, it would not get at its users
  command: async (needs, program, args) => ({
    program: 'unshare',
    args: [...asMapped(id, needs), program, ...args],
    options: {},
  }),
});

const said = {
  nobody: 'run as nobody',
  mapped: 'each runs as a user of its own',
  builder: "run as the builder's own user, for want of users in /etc/subuid (uidmap)",
} as const;

/** Where there is nobody else. */
const builder: GuestUser = {
  warning: `guests ${said.builder}`,
  handOver: async () => undefined,
  command: async (_needs, program, args) => ({ program, args, options: { sealed: true } }),
};

async function tryToRun(program: string, args: readonly string[]): Promise<Error | undefined> {
  const { signal } = new AbortController();
  try {
    await run(program, args, { cwd: '/', signal });
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const tryToMap = (): Promise<Error | undefined> =>
  tryToRun('unshare', [...asMapped(mappedIds.below - 1, { kvm: false, proxy: false }), 'true']);

let maps = false;

/** What guests run as on this machine, found by trying. Throws where there are users for them that cannot be used. */
async function guestRights(): Promise<keyof typeof said> {
  if (process.getuid?.() === 0) return 'nobody';
  if (maps) return 'mapped';
  const failure = await tryToMap();
  maps = failure === undefined;
  if (maps) return 'mapped';
  // the builder's own user is for those who have no other, and no way around the others
  if (await hasUsers()) {
    throw new Error(`cannot run as users of /etc/subuid: ${failure?.message}`, { cause: failure });
  }
  return 'builder';
}

/** What guests run as, for the operator; without `ip`, mapped users come to no proxy. */
export async function guestFinding(): Promise<{
  readonly text: string;
  readonly good: boolean;
  readonly missing?: string;
}> {
  try {
    const rights = await guestRights();
    if (rights === 'mapped' && (await tryToRun('ip', ['-V']))) {
      return { text: 'guests: ip is missing', good: false, missing: 'iproute2' };
    }
    return { text: `guests: ${said[rights]}`, good: true };
  } catch (error) {
    return { text: `guests: ${(error as Error).message}`, good: false, missing: 'uidmap' };
  }
}

/** The user for a guest: another for each where that is possible. */
export async function guestUser(): Promise<GuestUser> {
  const rights = await guestRights();
  if (rights === 'mapped') return mapped(randomInt(mappedIds.from, mappedIds.below));
  return rights === 'nobody' ? nobody : builder;
}
