import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../app.ts';
import { dialectSettings } from '../../config/dialects.ts';
import type { Config } from '../../config/schema.ts';
import { createDialects } from '../../dialects/index.ts';
import { createMetrics } from '../../edge/metrics.ts';
import { accessLine } from '../../edge/observe.ts';
import { createPublicBase } from '../../edge/public-base.ts';
import { watchReadiness } from '../../edge/readiness.ts';
import type { Services } from '../../edge/serve.ts';
import { GlanceClient } from '../../glance/client.ts';
import { transparentPolicy } from '../../glance/pass.ts';
import { createProxyForward } from '../../platform/node/proxy.ts';
import { createGatewayServer } from '../../platform/node/server.ts';
import { createOpenSource } from '../../platform/node/source.ts';
import { createAdminServer } from './admin.ts';
import { openBackend, timeoutsOf } from './glance.ts';

/** A running gateway. */
export interface Gateway {
  /** `scheme://host:port` by listener name; `combined` and `admin` among them. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Lines to say at start about who may log in; only with the embedded Image service. */
  readonly demo: Awaited<ReturnType<typeof openBackend>>['demo'];
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
  const line = {
    time: new Date().toISOString(),
    level: 'error',
    event: 'fault',
    request_id: requestId,
    name,
    message,
    stack,
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** Starts every listener of a configuration. Rejects when a port is taken or the data folder cannot be opened. */
export async function startGateway(config: Config): Promise<Gateway> {
  const backend = await openBackend(config);
  const glance = new GlanceClient(backend.send);
  const compute =
    config.computeUrl === undefined
      ? undefined
      : createProxyForward(config.computeUrl, transparentPolicy, timeoutsOf(config));
  const metrics = createMetrics();
  const readiness = watchReadiness(async () => {
    const answer = await backend.send({ method: 'GET', target: '/versions', headers: {} });
    return answer.status < 500;
  });
  const copies = new Set<Promise<unknown>>();
  const services: Services = {
    glance,
    forward: backend.forward,
    forwardToCompute: compute?.forward,
    identities: backend.identities,
    openSource: createOpenSource(
      {
        schemes: ['http', 'https'],
        hosts: config.importAllowedHosts,
        ports: config.importAllowedPorts,
      },
      timeoutsOf(config),
    ),
    publicBase: createPublicBase(config),
    observe: (seen) => {
      metrics.observe(seen);
      if (config.accessLog === 'json') process.stdout.write(`${accessLine(seen, new Date())}\n`);
    },
    report: logError,
  };
  const background = (work: Promise<unknown>): void => {
    copies.add(work);
    void work.catch((error) => logError(error, 'background')).finally(() => copies.delete(work));
  };
  const facts = (listener: string | undefined) =>
    ({ listener, scheme: 'http', background }) as const;
  const app = createApp(createDialects(dialectSettings(config)), services);
  const limits = {
    headerBytes: config.headerBytes,
    headersTimeout: config.headersTimeout,
    idle: config.idleTimeout,
  };
  const servers: Server[] = [];
  const addresses = new Map<string, string>();
  const open = async (name: string, server: Server, port: number) => {
    servers.push(server);
    addresses.set(name, await listen(server, config.host, port));
  };
  try {
    await open('combined', createGatewayServer(app, facts(undefined), limits), config.port);
    for (const [name, port] of Object.entries(config.listen)) {
      await open(name, createGatewayServer(app, facts(name), limits), port);
    }
    if (config.adminPort > 0) {
      await open('admin', createAdminServer(readiness, metrics), config.adminPort);
    }
  } catch (error) {
    for (const server of servers) server.close();
    readiness.stop();
    await backend.close();
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
    await Promise.all([...servers.map(closed), Promise.allSettled(copies)]);
    clearTimeout(deadline);
    clearInterval(sweep);
    compute?.close();
    await backend.close();
  };
  return { addresses, demo: backend.demo, stop };
}
