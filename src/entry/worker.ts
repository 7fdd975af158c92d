import { createApp } from '../app.ts';
import { dialectSettings } from '../config/dialects.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { type Identities, unknownCallers } from '../core/identity.ts';
import type { Send } from '../core/upstream.ts';
import { createDialects } from '../dialects/index.ts';
import { accessLine } from '../edge/observe.ts';
import { createPublicBase } from '../edge/public-base.ts';
import { createEmbeddedGlance, defaultIdentities, MemoryStore } from '../embedded/index.ts';
import { GlanceClient } from '../glance/client.ts';
import { createForward } from '../glance/forward.ts';
import { glancePolicy, transparentPolicy } from '../glance/pass.ts';
import { WorkerExchange } from '../platform/worker/exchange.ts';
import { createOpenSource } from '../platform/worker/source.ts';
import { createWorkerUpstream, type Fetcher } from '../platform/worker/upstream.ts';

/** Bindings: the settings of docs/configuration.md as variables or secrets, and optionally Glance as a service. */
interface Bindings extends Readonly<Record<string, unknown>> {
  readonly GLANCE?: Fetcher;
}

interface Backend {
  readonly send: Send;
  readonly identities: Identities;
  readonly origin: string | undefined;
  readonly prefix: string;
}

const globalFetcher: Fetcher = { fetch: (request) => fetch(request) };

function openBackend(config: Config, bindings: Bindings): Backend {
  const { glanceUrl } = config;
  if (glanceUrl !== undefined) {
    const url = new URL(glanceUrl);
    const fetcher = bindings.GLANCE ?? globalFetcher;
    return {
      send: createWorkerUpstream(glanceUrl, fetcher, config.firstByteTimeout),
      identities: unknownCallers,
      origin: url.origin,
      prefix: url.pathname.replace(/\/+$/, ''),
    };
  }
  const embedded = createEmbeddedGlance({ store: new MemoryStore() });
  const byToken = new Map(defaultIdentities.map((identity) => [identity.token, identity]));
  const peek = (token: string) => byToken.get(token);
  return {
    send: embedded.send,
    identities: { complete: true, peek, find: async (token) => peek(token) },
    origin: undefined,
    prefix: '',
  };
}

function build(bindings: Bindings) {
  const loaded = loadConfig({ environment: bindings, flags: {} });
  if (!loaded.ok) {
    throw new Error(loaded.problems.map(({ where, message }) => `${where}: ${message}`).join('\n'));
  }
  const { config } = loaded;
  const backend = openBackend(config, bindings);
  const { computeUrl } = config;
  const toCompute =
    computeUrl === undefined
      ? undefined
      : createForward(
          createWorkerUpstream(computeUrl, globalFetcher, config.firstByteTimeout),
          transparentPolicy,
        );
  return createApp(createDialects(dialectSettings(config)), {
    glance: new GlanceClient(backend.send),
    forward: createForward(backend.send, glancePolicy(backend)),
    forwardToCompute: toCompute,
    identities: backend.identities,
    openSource: createOpenSource({
      schemes: ['http', 'https'],
      hosts: config.importAllowedHosts,
      ports: config.importAllowedPorts,
    }),
    publicBase: createPublicBase(config),
    observe: (seen) => {
      if (config.accessLog === 'json') console.log(accessLine(seen, new Date()));
    },
    report: (error, requestId) => {
      console.error(
        JSON.stringify({
          level: 'error',
          event: 'fault',
          request_id: requestId,
          message: String(error),
        }),
      );
    },
  });
}

let built: ReturnType<typeof build> | undefined;

export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    built ??= build(bindings);
    const exchange = new WorkerExchange(request, (work) => context.waitUntil(work));
    return built.refuse(exchange) ?? built.fetch(request, exchange);
  },
};
