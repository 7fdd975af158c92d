import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../config/schema.ts';
import { createMetrics } from '../../edge/metrics.ts';
import { accessLine } from '../../edge/observe.ts';
import { watchReadiness } from '../../edge/readiness.ts';
import type { EmbeddedIdentity } from '../../embedded/index.ts';
import { createGatewayServer } from '../../platform/node/server.ts';
import { createOpenSource } from '../../platform/node/source.ts';
import { compose } from '../compose.ts';
import { createAdminServer } from './admin.ts';
import { openEmbedded } from './embedded.ts';
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

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
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

/** Work that goes on after its answer, so that a stop can wait for it. */
function createBackground() {
  const running = new Set<Promise<unknown>>();
  return {
    keep: (work: Promise<unknown>): void => {
      running.add(work);
      void work.catch((error) => logError(error, 'background')).finally(() => running.delete(work));
    },
    settled: (): Promise<unknown> => Promise.allSettled(running),
  };
}

/** Starts every listener of a configuration. Rejects when a port is taken or the data folder cannot be opened. */
export async function startGateway(config: Config): Promise<Gateway> {
  const embedded = config.glanceUrl === undefined ? await openEmbedded(config) : undefined;
  const metrics = createMetrics();
  const timeouts = timeoutsOf(config);
  const { app, probe, close } = compose(
    config,
    {
      reach: (url) => reachFromNode(url, timeouts),
      openSource: (filter) => createOpenSource(filter, timeouts),
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
  const gatewayServer = (listener: string | undefined): Server =>
    createGatewayServer(app, { listener, scheme: 'http', background: background.keep }, limits);
  const servers: Server[] = [];
  const addresses = new Map<string, string>();
  const open = async (name: string, server: Server, port: number) => {
    servers.push(server);
    addresses.set(name, await listen(server, config.host, port));
  };
  try {
    await open('combined', gatewayServer(undefined), config.port);
    for (const [name, port] of Object.entries(config.listen)) {
      await open(name, gatewayServer(name), port);
    }
    if (config.adminPort > 0) {
      await open('admin', createAdminServer(readiness, metrics), config.adminPort);
    }
  } catch (error) {
    for (const server of servers) server.close();
    readiness.stop();
    await close();
    throw error;
  }
  const stop = async (): Promise<void> => {
    readiness.stop();
    const deadline = setTimeout(() => {
      for (const server of servers) server.closeAllConnections();
    }, config.drainTimeout);
    // kept connections close as they fall idle
    const sweep = setInterval(() => {
      for (const server of servers) server.closeIdleConnections();
    }, 100);
    await Promise.all([...servers.map(closed), background.settled()]);
    clearTimeout(deadline);
    clearInterval(sweep);
    await close();
  };
  return { addresses, demo: embedded?.identities, stop };
}
