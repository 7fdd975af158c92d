import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Exchange } from '../core/exchange.ts';
import { createAdmin } from '../edge/admin.ts';
import { answersInTime } from '../edge/readiness.ts';
import { MemoryStore } from '../embedded/index.ts';
import { WorkerExchange } from '../platform/worker/exchange.ts';
import { createWorkerPlatform } from '../platform/worker/platform.ts';
import type { Fetcher } from '../platform/worker/upstream.ts';
import { type Composition, compose, rootOf } from './compose.ts';
import { createEmbedded } from './embedded.ts';
import { platformOptions } from './platform-options.ts';

/** Bindings: the settings of docs/configuration.md as variables or secrets, and optionally the services behind. */
interface Bindings extends Readonly<Record<string, unknown>> {
  readonly GLANCE?: Fetcher;
  readonly KEYSTONE?: Fetcher;
  readonly COMPUTE?: Fetcher;
}

/** Services that are bound, by the URL that they are asked for under. */
function boundServices(config: Config, bindings: Bindings): ReadonlyMap<string, Fetcher> {
  const { glanceUrl, keystoneUrl, computeUrl } = config;
  const bound = new Map<string, Fetcher>();
  if (glanceUrl && bindings.GLANCE) bound.set(glanceUrl, bindings.GLANCE);
  if (keystoneUrl && bindings.KEYSTONE) bound.set(rootOf(keystoneUrl), bindings.KEYSTONE);
  if (computeUrl && bindings.COMPUTE) bound.set(rootOf(computeUrl), bindings.COMPUTE);
  return bound;
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
  const { glanceUrl, adminToken } = config;
  const platform = createWorkerPlatform(platformOptions(config), boundServices(config, bindings));
  const composition = compose(
    config,
    platform,
    glanceUrl === undefined
      ? createEmbedded(config, new MemoryStore(), platform.openSource)
      : undefined,
  );
  // nothing runs between requests that could keep an eye on Glance
  const ready = () => answersInTime(composition.probe);
  return {
    ...composition,
    // open to the world, they are there for whoever knows the secret or not at all
    admin:
      adminToken === undefined
        ? undefined
        : createAdmin(ready, composition.metrics.text, adminToken),
  };
}

async function answer({ admin, app }: Built, request: Request, exchange: Exchange) {
  const answered = await admin?.fetch(request);
  return answered && answered.status !== 404 ? answered : app(exchange);
}

let built: Built | undefined;

export default {
  fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    built ??= build(bindings);
    // the platform stops such work by itself, without a word
    const { signal } = new AbortController();
    const exchange = new WorkerExchange(request, (work) => context.waitUntil(work(signal)));
    const answering = answer(built, request, exchange);
    // a client that resets its connection must not stop what is half done, what tidies up, or the log
    context.waitUntil(answering);
    return answering;
  },
};
