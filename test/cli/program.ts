import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** A folder of this suite's own, with the program as it is shipped. */
export const place = { folder: '', program: '' };

/** Builds the program once and keeps a copy, so that another build does not change it under the tests. */
export async function buildProgram(): Promise<void> {
  const build = spawn('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit' });
  const [code] = await once(build, 'exit');
  if (code !== 0) throw new Error(`the build ended with ${code}`);
  place.folder = await mkdtemp(join(tmpdir(), 'polyglance-cli-'));
  place.program = join(place.folder, 'polyglance.mjs');
  await copyFile(join(root, 'dist/polyglance.js'), place.program);
}

export async function removeProgram(): Promise<void> {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(place.folder, { recursive: true, force: true });
}

const children = new Set<ChildProcess>();

/** A running program and what it has said so far. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^POLYGLANCE_/.test(name));
    this.child = spawn(process.execPath, [place.program, ...args], {
      cwd: place.folder,
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(this.child);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Lines on standard output, parsed. */
  log(): Record<string, unknown>[] {
    const lines = this.stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Base URL of a listener, as the banner tells it. */
  address(name: string): string {
    const line = this.stderr
      .split('\n')
      .find((each) => new RegExp(`https?://\\S+\\s+${name}`).test(each));
    return /https?:\/\/\S+/.exec(line ?? '')?.[0] ?? '';
  }

  get url(): string {
    return this.address('every dialect');
  }
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new Program(args, environment);
  const code = await program.ended;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

/** Waits until something holds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited too long: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export function freshFolder(): Promise<string> {
  return mkdtemp(join(place.folder, 'data-'));
}

/** Starts the gateway on ports of its own and waits until it says that it serves. */
export async function serve(
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const ports = args.includes('--port') ? [] : ['--port', '0'];
  const admin = args.includes('--admin-port') ? [] : ['--admin-port', '0'];
  const data = args.includes('--data') ? [] : ['--data', await freshFolder()];
  const program = new Program(['serve', ...ports, ...admin, ...data, ...args], environment);
  await until(
    () => program.stderr.includes('in front of') || program.child.exitCode !== null,
    'the banner',
  );
  // the banner is said before signals are listened to
  await new Promise((done) => setTimeout(done, 50));
  return program;
}

/** Asks a running gateway to stop, and gives its exit code. */
export function stop(program: Program): Promise<number | null> {
  program.child.kill('SIGTERM');
  return program.ended;
}
