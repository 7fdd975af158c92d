import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { createAdmin } from '../edge/admin.ts';
import { createMetrics } from '../edge/metrics.ts';
import { accessLine } from '../edge/observe.ts';
import { MemoryStore } from '../embedded/index.ts';
import { createForward } from '../glance/forward.ts';
import { WorkerExchange } from '../platform/worker/exchange.ts';
import { createWorkerSource } from '../platform/worker/source.ts';
import { createWorkerUpstream, type Fetcher } from '../platform/worker/upstream.ts';
import { type Composition, compose, type Reach } from './compose.ts';
import { createEmbedded } from './embedded.ts';
import { importFilterOf } from './import-filter.ts';

/** Bindings: the settings of docs/configuration.md as variables or secrets, and optionally Glance as a service. */
interface Bindings extends Readonly<Record<string, unknown>> {
  readonly GLANCE?: Fetcher;
}

const globalFetcher: Fetcher = { fetch: (request) => fetch(request) };

function reachFromWorker(url: string, config: Config, bindings: Bindings): Reach {
  const fetcher = (url === config.glanceUrl && bindings.GLANCE) || globalFetcher;
  const send = createWorkerUpstream(url, fetcher, config.firstByteTimeout);
  return { send, forward: (policy) => createForward(send, policy), close: async () => undefined };
}

interface Built extends Composition {
  readonly admin: ReturnType<typeof createAdmin> | undefined;
}

function build(bindings: Bindings): Built {
  const loaded = loadConfig({ environment: bindings, flags: {} });
  if (!loaded.ok) {
    throw new Error(loaded.problems.map(({ where, message }) => `${where}: ${message}`).join('\n'));
  }
  const { config, warnings } = loaded;
  for (const { where, message } of warnings) {
    console.warn(JSON.stringify({ level: 'warn', event: 'configuration', where, message }));
  }
  const openSource = createWorkerSource(importFilterOf(config));
  const metrics = createMetrics();
  const composition = compose(
    config,
    {
      reach: (url) => reachFromWorker(url, config, bindings),
      openSource,
      observe: (seen) => {
        metrics.observe(seen);
        if (config.accessLog === 'json') console.log(accessLine(seen, new Date()));
      },
      report: (error, requestId) => {
        const message = String(error);
        const line = { level: 'error', event: 'fault', request_id: requestId, message };
        console.error(JSON.stringify(line));
      },
    },
    config.glanceUrl === undefined
      ? createEmbedded(config, new MemoryStore(), openSource)
      : undefined,
  );
  // nothing runs between requests that could keep an eye on Glance
  const ready = () => composition.probe().catch(() => false);
  const { adminToken } = config;
  return {
    ...composition,
    // open to the world, they are there for whoever knows the secret or not at all
    admin: adminToken === undefined ? undefined : createAdmin(ready, metrics, adminToken),
  };
}

let built: Built | undefined;

export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    built ??= build(bindings);
    // the platform stops such work by itself, without a word
    const { signal } = new AbortController();
    const exchange = new WorkerExchange(request, (work) => context.waitUntil(work(signal)));
    const answer = await built.admin?.fetch(request);
    return answer && answer.status !== 404 ? answer : built.app(exchange);
  },
};
