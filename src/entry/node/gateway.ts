import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../config/schema.ts';
import type { Background } from '../../core/upstream.ts';
import { createAdmin } from '../../edge/admin.ts';
import { createMetrics } from '../../edge/metrics.ts';
import { accessLine } from '../../edge/observe.ts';
import { watchReadiness } from '../../edge/readiness.ts';
import type { EmbeddedIdentity } from '../../embedded/index.ts';
import { FileStore } from '../../embedded/store-files.ts';
import type { ListenerFacts } from '../../platform/node/exchange.ts';
import { createGatewayServer, type GatewayServer } from '../../platform/node/server.ts';
import { createNodeSource } from '../../platform/node/source.ts';
import { compose } from '../compose.ts';
import { createEmbedded } from '../embedded.ts';
import { importFilterOf } from '../import-filter.ts';
import { createAdminServer } from './admin.ts';
import { reachFromNode, timeoutsOf } from './reach.ts';

/** A running gateway. */
export interface Gateway {
  /** `scheme://host:port` by listener name; `combined` and `admin` among them. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Who may use the embedded Image service; `undefined` in front of a remote one. */
  readonly demo: readonly EmbeddedIdentity[] | undefined;
  /** Stops taking requests, lets running ones finish within the drain time, then ends what is left. */
  readonly stop: () => Promise<void>;
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const bound = server.address() as AddressInfo;
      const name = host.includes(':') ? `[${host}]` : host;
      resolve(`http://${name}:${bound.port}`);
    });
  });
}

function logError(error: unknown, requestId: string): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const time = new Date().toISOString();
  const line = {
    time,
    level: 'error',
    event: 'fault',
    request_id: requestId,
    name,
    message,
    stack,
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** Work that goes on after its answer, so that a stop can wait for it, and end it. */
function createBackground() {
  const running = new Set<Promise<unknown>>();
  const stop = new AbortController();
  const run: Background = (work) => {
    const done = work(stop.signal).catch((error) => logError(error, 'background'));
    running.add(done);
    void done.finally(() => running.delete(done));
  };
  return { run, settled: () => Promise.all(running), end: () => stop.abort() };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts every listener of a configuration. Rejects when a port is taken or the data folder cannot be opened. */
export async function startGateway(config: Config): Promise<Gateway> {
  const timeouts = timeoutsOf(config);
  const openSource = createNodeSource(importFilterOf(config), timeouts);
  const embedded =
    config.glanceUrl === undefined
      ? createEmbedded(config, new FileStore(config.data), openSource)
      : undefined;
  await embedded?.glance.ready();
  const metrics = createMetrics();
  const { app, dialects, probe, close } = compose(
    config,
    {
      reach: (url) => reachFromNode(url, timeouts),
      openSource,
      observe: (seen) => {
        metrics.observe(seen);
        if (config.accessLog === 'json') process.stdout.write(`${accessLine(seen, new Date())}\n`);
      },
      report: logError,
    },
    embedded,
  );
  const readiness = watchReadiness(probe);
  const background = createBackground();
  const limits = {
    headerBytes: config.headerBytes,
    headersTimeout: config.headersTimeout,
    idle: config.idleTimeout,
  };
  const facts = (listener: string | undefined): ListenerFacts => ({
    listener,
    scheme: 'http',
    background: background.run,
    report: (error) => logError(error, 'listener'),
  });
  const listeners: GatewayServer[] = [];
  const admin: Server[] = [];
  const addresses = new Map<string, string>();
  const open = async (name: string, port: number) => {
    const own = name === 'combined' ? undefined : name;
    const listener = createGatewayServer(app, dialects, facts(own), limits);
    listeners.push(listener);
    addresses.set(name, await listen(listener.server, config.host, port));
  };
  const closeAdmin = () => {
    for (const server of admin) {
      server.close();
      server.closeAllConnections();
    }
  };
  try {
    await open('combined', config.port);
    for (const [name, port] of Object.entries(config.listen)) await open(name, port);
    if (config.adminPort > 0) {
      const server = createAdminServer(createAdmin(readiness.ready, metrics, config.adminToken));
      admin.push(server);
      addresses.set('admin', await listen(server, config.host, config.adminPort));
    }
  } catch (error) {
    for (const { server } of listeners) server.close();
    closeAdmin();
    readiness.stop();
    await close();
    throw error;
  }

  const drain = async (): Promise<void> => {
    // whoever balances the load must first see that this one wants no more of it
    readiness.stop();
    for (const listener of listeners) listener.lastAnswers();
    await sleep(config.stopGrace);
    const drained = Promise.all([...listeners.map((each) => each.close()), background.settled()]);
    const deadline = setTimeout(() => {
      background.end();
      for (const listener of listeners) listener.closeNow();
    }, config.drainTimeout);
    await drained;
    clearTimeout(deadline);
    closeAdmin();
    await close();
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= drain();
    return stopping;
  };
  return { addresses, demo: embedded?.identities, stop };
}
