import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { BuildBackend, Readiness } from '../../../builder/backend.ts';
import { createLog } from '../../../builder/log.ts';
import { removeFolder } from '../../../builder/machine/remove-folder.ts';
import { work } from '../../../builder/worker.ts';
import { createWorkshop } from '../../../builder/workshop.ts';
import type { CommandConfig } from '../../../config/builder-schema.ts';
import { backendNames, backendsOf } from './backends.ts';
import { openFolder } from './folder.ts';
import { openServices } from './services.ts';
import { Unusable } from './unusable.ts';

/** Milliseconds. A worker without a sign of life for a lease is thought dead by the others. */
const times = { beat: 30_000, lease: 300_000, sweep: 60_000 } as const;
const patience = { pause: 10_000, whole: 300_000, stall: 600_000 } as const;

/** A command's exit code: 0 well, 1 could not work, 2 wrong settings. */
type ExitCode = 0 | 1 | 2;

const say = (text: string): void => {
  process.stdout.write(text);
};

const complain = (text: string): void => {
  process.stderr.write(`builder: ${text}\n`);
};

/** Runs a command; what the operator can mend is told in a line. */
async function told(command: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await command();
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return error instanceof Unusable ? 2 : 1;
  }
}

async function readinessOf(backend: BuildBackend): Promise<Readiness> {
  try {
    return await backend.check();
  } catch (error) {
    return { ready: false, findings: [String(error)], missing: [] };
  }
}

/** Says what can be built here, by trying, and what is missing. Exit code 1 when the configured back ends can nothing. */
export const checkBuilder = (config: CommandConfig, token: string | undefined): Promise<ExitCode> =>
  told(async () => {
    // most back ends need no service to be tried
    const services = config.glanceUrl === undefined ? undefined : openServices(config, token);
    const wanted = new Set(backendsOf(config, config.builderBackends, services).map((b) => b.name));
    const missing = new Set<string>();
    const usable: string[] = [];
    for (const backend of backendsOf(config, backendNames, services)) {
      const { ready, findings, missing: packages } = await readinessOf(backend);
      say(`${backend.name}: ${ready ? 'ready' : 'not ready'}\n`);
      for (const finding of findings) say(`  ${finding}\n`);
      for (const name of packages) missing.add(name);
      if (ready && wanted.has(backend.name)) usable.push(backend.name);
    }
    if (missing.size > 0) {
      say(`\napt-get install --no-install-recommends ${[...missing].sort().join(' ')}\n`);
    }
    say(`\nwould build with: ${usable.join(', ') || 'nothing'}\n`);
    await services?.close();
    return usable.length > 0 ? 0 : 1;
  });

/** The configured back ends that can work here, in their order. Throws {@link Unusable} when none can. */
async function readyBackends(backends: readonly BuildBackend[]): Promise<readonly BuildBackend[]> {
  const ready: BuildBackend[] = [];
  for (const backend of backends) {
    const found = await readinessOf(backend);
    if (found.ready) ready.push(backend);
    else complain(`${backend.name} cannot work here: ${found.findings.join('; ')}`);
  }
  if (ready.length > 0) return ready;
  throw new Unusable('no back end can work here; polyglance builder --check says what is missing');
}

/** Aborts at the first SIGTERM or SIGINT; the second means now. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return stopping.signal;
}

/** Builds what is ordered until it is told to stop; what it has not finished by then another worker begins anew. */
export const builder = (config: CommandConfig, token: string | undefined): Promise<ExitCode> =>
  told(async () => {
    const services = openServices(config, token);
    const backends = await readyBackends(backendsOf(config, config.builderBackends, services));
    const folder = await openFolder(config.builderFolder, complain);
    const log = createLog(say);
    const { workshop, now } = createWorkshop(services.glance, {
      backends,
      folder,
      log,
      worker: `${hostname()}-${process.pid}-${randomUUID()}`,
      patience,
      times: { build: config.builderTimeout, beat: times.beat, lease: times.lease },
    });
    const stop = stopSignal();
    log('started', { backends: backends.map((backend) => backend.name), folder });
    await work(
      workshop,
      {
        parallel: config.builderParallel,
        perProject: config.builderPerProject,
        poll: config.builderPoll,
        sweep: times.sweep,
        now,
      },
      stop,
    );
    await removeFolder(folder, (message) => log('trouble', { message }));
    await services.close();
    log('stopped', {});
    return 0;
  });
