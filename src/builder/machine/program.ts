import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd: string;
  /** Ends it, and everything that it has started. */
  readonly signal: AbortSignal;
  /** The whole environment; nothing is inherited but `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input. */
  readonly input?: string;
  /** Each line of its standard output (or, with `both`, of standard error too), cut to a sane length. */
  readonly line?: (text: string) => void;
  readonly both?: boolean;
  /** What standard output has held since its last line ended, whenever there is more of it: prompts wait without an end. */
  readonly pending?: (text: string) => void;
  readonly limits?: Limits;
  /** No program that it starts gets more rights than it has, not even through set-user-ID. */
  readonly sealed?: boolean;
  /** Another user to run as; only for root. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** What a program may use, enforced by the kernel (`prlimit`, util-linux). */
export interface Limits {
  /** Bytes of address space. */
  readonly memory?: number;
  /** Bytes of any one file. */
  readonly file?: number;
}

/** How a program ended. */
export interface Ended {
  /** Exit code, or `undefined` after a signal. */
  readonly code: number | undefined;
  /** The last lines of both outputs, for the operator's log. */
  readonly tail: readonly string[];
}

/** A program that did not do what it was for. */
export class ProgramFailure extends Error {
  readonly ended: Ended;
  constructor(program: string, ended: Ended) {
    super(`${program} ended with ${ended.code ?? 'a signal'}: ${ended.tail.at(-1) ?? ''}`);
    this.name = 'ProgramFailure';
    this.ended = ended;
  }
}

const longestLine = 1000;
const tailLines = 20;
/** Between asking a group of processes to end and ending it; and between its end and that of its outputs. */
const graceMs = 2_000;

/** The command line with the kernel's limits around the program (util-linux). */
function confined(
  program: string,
  args: readonly string[],
  { limits, sealed }: ProgramOptions,
): [string, string[]] {
  const given = [
    limits?.memory === undefined ? [] : [`--as=${limits.memory}`],
    limits?.file === undefined ? [] : [`--fsize=${limits.file}`],
  ].flat();
  const command = given.length === 0 ? [program] : ['prlimit', ...given, '--', program];
  // a worker that is killed takes what it runs with it
  const privileges = ['--pdeathsig', 'KILL', ...(sealed ? ['--no-new-privs'] : [])];
  return ['setpriv', [...privileges, '--', ...command, ...args]];
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // nobody left
  }
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}

/** Lets go of outputs that are held open by what has left the program's group: `close` would never come. */
function letGo(child: ChildProcess): void {
  const timer = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, graceMs);
  child.once('close', () => clearTimeout(timer));
}

/** Hears a stream line by line. What is over the length of a line is dropped as it comes: some lines never end. */
function hearLines(
  stream: Readable,
  hear: (line: string) => void,
  hearPending: ((text: string) => void) | undefined,
): void {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  const take = (text: string): void => {
    const [first = '', ...lines] = text.split('\n');
    pending = (pending + first).slice(0, longestLine);
    for (const line of lines) {
      // its end may come in two chunks
      hear(pending.replace(/\r$/, ''));
      pending = line.slice(0, longestLine);
    }
    if (pending !== '') hearPending?.(pending);
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on('end', () => {
    pending += decoder.end();
    if (pending !== '') hear(pending);
  });
}

/**
 * Runs a program to its end, without a shell, in a process group of its own. Rejects with the signal's reason when that
 * fires, and with the system's error when there is no such program.
 */
export function endOf(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Ended> {
  const { signal, cwd, input, user } = options;
  signal.throwIfAborted();
  const [file, parameters] = confined(program, args, options);
  return new Promise((resolve, reject) => {
    const child = spawn(file, parameters, {
      cwd,
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...options.env },
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...user,
    });
    const tail: string[] = [];
    for (const [stream, heard] of [
      [child.stdout, true],
      [child.stderr, options.both === true],
    ] as const) {
      if (!stream) continue;
      const hear = (line: string): void => {
        tail.push(line);
        if (tail.length > tailLines) tail.shift();
        if (heard) options.line?.(line);
      };
      hearLines(stream, hear, stream === child.stdout ? options.pending : undefined);
    }
    // a program may end without reading what it is given
    child.stdin?.on('error', () => undefined).end(input);
    const stop = (): void => endGroup(child);
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', (error) => {
      signal.removeEventListener('abort', stop);
      reject(error);
    });
    // children that outlive their parent would hold its outputs open
    child.once('exit', () => {
      signalGroup(child, 'SIGKILL');
      letGo(child);
    });
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else resolve({ code: code ?? undefined, tail });
    });
  });
}

/** As {@link endOf}; throws {@link ProgramFailure} for another exit code than 0. */
export async function run(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Ended> {
  const ended = await endOf(program, args, options);
  if (ended.code !== 0) throw new ProgramFailure(program, ended);
  return ended;
}
