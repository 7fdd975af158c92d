import type { Config } from '../../config/schema.ts';
import type { Background } from '../../core/upstream.ts';
import { createAdmin } from '../../edge/admin.ts';
import { watchReadiness } from '../../edge/readiness.ts';
import type { EmbeddedIdentity } from '../../embedded/index.ts';
import { FileStore } from '../../embedded/store-files.ts';
import type { ListenerFacts } from '../../platform/node/exchange.ts';
import { createNodePlatform } from '../../platform/node/platform.ts';
import { createGatewayServer, type GatewayServer } from '../../platform/node/server.ts';
import { type Composition, compose } from '../compose.ts';
import { createEmbedded } from '../embedded.ts';
import { platformOptions } from '../platform-options.ts';
import { type OpenAdmin, openAdmin } from './admin.ts';
import { listen } from './listen.ts';

/** A running gateway. */
export interface Gateway {
  /** `scheme://host:port` by listener name; `combined` and `admin` among them. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Who may use the embedded Image service; `undefined` in front of a remote one. */
  readonly demo: readonly EmbeddedIdentity[] | undefined;
  /** Stops taking requests, lets running ones finish within the drain time, then ends what is left. */
  readonly stop: () => Promise<void>;
}

/** One that serves in this process. */
export interface OwnGateway extends Gateway {
  /** Whether traffic is welcome. */
  readonly ready: () => boolean;
  /** Counters so far, in Prometheus' text format. */
  readonly metrics: () => string;
}

/** Work that goes on after its answer, so that a stop can wait for it, and end it. */
function createBackground(report: Composition['report']) {
  const running = new Set<Promise<unknown>>();
  const stop = new AbortController();
  const run: Background = (work) => {
    const done = work(stop.signal).catch((error) => report(error, 'background'));
    running.add(done);
    void done.finally(() => running.delete(done));
  };
  return { run, settled: () => Promise.all(running), end: () => stop.abort() };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts every listener of a configuration. Rejects when a port is taken or the data folder cannot be opened. */
export async function startGateway(config: Config): Promise<OwnGateway> {
  const platform = createNodePlatform(platformOptions(config));
  const embedded =
    config.glanceUrl === undefined
      ? createEmbedded(config, new FileStore(config.data), platform.openSource)
      : undefined;
  await embedded?.glance.ready();
  const { app, dialects, report, metrics, probe, close } = compose(config, platform, embedded);
  const readiness = watchReadiness(probe);
  const background = createBackground(report);
  const limits = {
    headerBytes: config.headerBytes,
    headersTimeout: config.headersTimeout,
    idle: config.idleTimeout,
  };
  const facts = (listener: string | undefined): ListenerFacts => ({
    listener,
    scheme: 'http',
    background: background.run,
    report: (error) => report(error, 'listener'),
  });
  const listeners: GatewayServer[] = [];
  let admin: OpenAdmin | undefined;
  const addresses = new Map<string, string>();
  const open = async (name: string, port: number) => {
    const own = name === 'combined' ? undefined : name;
    const listener = createGatewayServer(app, dialects, facts(own), limits);
    listeners.push(listener);
    addresses.set(name, await listen(listener.server, config.host, port));
  };
  try {
    await open('combined', config.port);
    for (const [name, port] of Object.entries(config.listen)) await open(name, port);
    if (config.adminPort > 0) {
      admin = await openAdmin(
        createAdmin(readiness.ready, metrics.text, config.adminToken),
        config,
      );
      addresses.set('admin', admin.address);
    }
  } catch (error) {
    for (const { server } of listeners) server.close();
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
    admin?.close();
    await close();
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= drain();
    return stopping;
  };
  const { ready } = readiness;
  return { addresses, demo: embedded?.identities, ready, metrics: metrics.text, stop };
}
