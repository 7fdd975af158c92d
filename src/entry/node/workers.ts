import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Config } from '../../config/schema.ts';
import { createAdmin } from '../../edge/admin.ts';
import { sumMetrics } from '../../edge/metrics.ts';
import { errorLine } from '../../edge/observe.ts';
import { type OpenAdmin, openAdmin } from './admin.ts';
import { type Gateway, type OwnGateway, startGateway } from './gateway.ts';

/** What a worker is told. */
type Order = { readonly kind: 'report'; readonly number: number } | { readonly kind: 'stop' };

/** What a worker tells. */
type Notice =
  | { readonly kind: 'serving'; readonly addresses: readonly (readonly [string, string])[] }
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'report';
      readonly number: number;
      readonly ready: boolean;
      readonly metrics: string;
    };

type Report = Extract<Notice, { kind: 'report' }>;

/** Milliseconds until a worker that has ended is replaced, and that a worker has for a report. */
const pause = 1_000;

/** How many processes serve. What is kept in one process only allows one. */
export function workerCount({ workers, glanceUrl, readCacheTime }: Config): number {
  if (workers !== 'auto') return workers;
  return glanceUrl === undefined || readCacheTime > 0 ? 1 : availableParallelism();
}

/** Why so many workers cannot be; `undefined` when they can. */
export function workersProblem(config: Config): string | undefined {
  if (workerCount(config) === 1) return undefined;
  if (config.glanceUrl === undefined) return 'the embedded Image service has one process';
  return config.readCacheTime > 0
    ? 'what one worker has written would not be seen by the read caches of the others'
    : undefined;
}

/** One that is on its way out already may not hear it. */
const sendStop = (worker: Worker): void =>
  void worker.send({ kind: 'stop' } satisfies Order, () => undefined);

const logError = (error: unknown): void =>
  void process.stderr.write(`${errorLine(error, 'workers', new Date())}\n`);

const send = (notice: Notice): void => void process.send?.(notice);

/** Serves as one of several processes, until it is told to stop; without the first process it ends at once. */
export async function serveAsWorker(config: Config): Promise<void> {
  let gateway: OwnGateway;
  try {
    gateway = await startGateway({ ...config, adminPort: 0 });
  } catch (error) {
    send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.disconnect();
    return;
  }
  const stop = (): void => void gateway.stop().then(() => process.exit(0));
  process.on('message', (order: Order) => {
    if (order.kind === 'stop') stop();
    else {
      const { number } = order;
      send({ kind: 'report', number, ready: gateway.ready(), metrics: gateway.metrics() });
    }
  });
  // a signal may come to all processes at once; when it means "now", the first one sees to it
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stop);
  send({ kind: 'serving', addresses: [...gateway.addresses] });
}

/** Asks every worker at once; one that ends or is stuck is left out. */
function createReports(serving: ReadonlySet<Worker>): () => Promise<readonly Report[]> {
  let number = 0;
  const ask = (worker: Worker): Promise<Report | undefined> =>
    new Promise((resolve) => {
      number += 1;
      const asked = number;
      const done = (report?: Report): void => {
        clearTimeout(late);
        worker.off('message', listen);
        resolve(report);
      };
      const listen = (notice: Notice): void => {
        if (notice.kind === 'report' && notice.number === asked) done(notice);
      };
      const late = setTimeout(done, pause);
      worker.on('message', listen);
      worker.send({ kind: 'report', number: asked } satisfies Order, (error) => error && done());
    });
  return async () =>
    (await Promise.all([...serving].map(ask))).filter((each) => each !== undefined);
}

/**
 * Starts several processes that share every listener; this one keeps the admin listener, with their counters summed, and
 * replaces a worker that ends by itself. Rejects when a worker cannot start.
 */
export async function startWorkers(config: Config, count: number): Promise<Gateway> {
  const serving = new Set<Worker>();
  let addresses = new Map<string, string>();
  let stopping: Promise<void> | undefined;
  const end = (): void => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
  };
  process.on('exit', end);

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = cluster.fork();
      worker.on('message', (notice: Notice) => {
        if (notice.kind === 'failed') reject(new Error(notice.message));
        if (notice.kind !== 'serving') return;
        // before that it listens to nobody
        if (stopping) sendStop(worker);
        serving.add(worker);
        addresses = new Map(notice.addresses);
        resolve();
      });
      worker.once('exit', (code, signal) => {
        const served = serving.delete(worker);
        const error = new Error(`worker ${worker.process.pid} ended: ${signal ?? code}`);
        reject(error);
        if (!served || stopping) return;
        logError(error);
        replace();
      });
    });
  const replace = (): void => {
    setTimeout(() => {
      if (stopping) return;
      start().catch((error) => {
        logError(error);
        replace();
      });
    }, pause);
  };

  const reports = createReports(serving);
  const ready = async (): Promise<boolean> =>
    !stopping && (await reports()).some((report) => report.ready);
  const metrics = async (): Promise<string> =>
    sumMetrics((await reports()).map((report) => report.metrics));
  let admin: OpenAdmin | undefined;
  try {
    await Promise.all(Array.from({ length: count }, start));
    if (config.adminPort > 0) {
      admin = await openAdmin(createAdmin(ready, metrics, config.adminToken), config);
      addresses.set('admin', admin.address);
    }
  } catch (error) {
    end();
    throw error;
  }

  const drain = async (): Promise<void> => {
    const left = Object.values(cluster.workers ?? {}).filter(
      (worker) => worker && !worker.isDead(),
    );
    await Promise.all(
      left.map(async (worker) => {
        if (!worker) return;
        sendStop(worker);
        await once(worker, 'exit');
      }),
    );
    admin?.close();
  };
  const stop = (): Promise<void> => {
    stopping ??= drain();
    return stopping;
  };
  return { addresses, demo: undefined, stop };
}
