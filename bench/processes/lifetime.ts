import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinned, type Side } from './pinning.ts';

/** A process of the bench. */
export interface Running {
  readonly pid: number;
  readonly isAlive: () => boolean;
  /** What it has said on standard error. */
  readonly said: () => string;
  /** Ends it and all of its children; resolves when they are gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** How a process is started. */
export interface Start {
  readonly side: Side;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** How long a process has for an orderly end (milliseconds). */
const grace = 8_000;

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}

/**
 * Everything that a run must not leave behind: child processes, each the leader of its group, and one temporary
 * folder. All of it ends with this process, however that ends, unless it is killed outright.
 */
export class Lifetime {
  readonly #root = mkdtempSync(join(tmpdir(), 'polyglance-bench-'));
  readonly #children = new Set<ChildProcess>();
  #count = 0;

  constructor() {
    process.on('exit', () => this.end());
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.on(signal, () => process.exit(code));
    }
  }

  /** Ends everything at once. */
  end(): void {
    for (const { pid } of this.#children) if (pid !== undefined) killGroup(pid, 'SIGKILL');
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** A new folder; gone at the end. */
  folder(name: string): string {
    this.#count += 1;
    const path = join(this.#root, `${this.#count}-${name}`);
    mkdirSync(path);
    return path;
  }

  #spawn({ side, command, environment }: Start, log: number, output: 'ignore' | 'pipe') {
    const [file = '', ...args] = pinned(side, command);
    const child = spawn(file, args, {
      cwd: this.#root,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', output, log],
      // a group of its own: Ctrl-C reaches only this process, which then ends the groups
      detached: true,
    });
    this.#children.add(child);
    child.once('error', () => this.#children.delete(child));
    return child;
  }

  /** Starts a server; its standard output goes nowhere. */
  start(start: Start): Running {
    const logFile = join(this.folder('log'), 'stderr');
    const log = openSync(logFile, 'w');
    const child = this.#spawn(start, log, 'ignore');
    closeSync(log);
    const { pid } = child;
    if (pid === undefined) throw new Error(`cannot start ${start.command[0]}`);
    const isAlive = () => child.exitCode === null && child.signalCode === null;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => {
        this.#children.delete(child);
        killGroup(pid, 'SIGKILL');
        resolve();
      });
    });
    return {
      pid,
      isAlive,
      said: () => readFileSync(logFile, 'utf8'),
      stop: async (signal = 'SIGTERM') => {
        if (isAlive()) child.kill(signal);
        const timer = setTimeout(() => killGroup(pid, 'SIGKILL'), grace);
        await gone;
        clearTimeout(timer);
      },
    };
  }

  /** Runs a program to its end within `limit` milliseconds; resolves with its standard output, rejects unless it ends well. */
  run(start: Start, limit: number): Promise<string> {
    const logFile = join(this.folder('log'), 'stderr');
    const log = openSync(logFile, 'w');
    const child = this.#spawn(start, log, 'pipe');
    closeSync(log);
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.pid && killGroup(child.pid, 'SIGKILL'), limit);
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        this.#children.delete(child);
        if (code === 0) resolve(Buffer.concat(chunks).toString());
        else
          reject(
            new Error(
              `${start.command[0]} ended with ${code ?? signal}: ${readFileSync(logFile, 'utf8').slice(-2000)}`,
            ),
          );
      });
    });
  }
}
