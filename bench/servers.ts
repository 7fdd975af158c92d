import type { Bench } from './bench.ts';
import { imageId } from './canned/documents.ts';
import type { Running } from './processes/lifetime.ts';
import { firstAnswer, freePort } from './processes/ports.ts';
import type { Scenario } from './scenarios.ts';
import { startNginxProxy } from './yardsticks/nginx-proxy.ts';

/** What can stand between the load and the Image service; `direct` is nothing at all. */
export type ServerKind = 'gateway' | 'nginx' | 'bare' | 'direct';

/** Something to measure. */
export interface Server {
  readonly kind: ServerKind;
  readonly url: string;
  readonly pid: number;
  /** Whether it takes a scenario's own path, or the yardstick's. */
  readonly translates: boolean;
  /** What it has said on standard error. */
  readonly said: () => string;
  readonly stop: () => Promise<void>;
}

/** How the gateway is started. */
export interface GatewayStart {
  readonly accessLog?: 'json' | 'off' | undefined;
  /** Whether Glance's answers are used again. */
  readonly readCache?: boolean | undefined;
  /** Folder for a processor profile; none is taken without. */
  readonly profileFolder?: string;
}

/** How the gateway is started for a scenario. */
export const startOf = (scenario: Scenario): GatewayStart =>
  scenario.kind === 'load' ? { accessLog: scenario.accessLog, readCache: scenario.readCache } : {};

/** URL of what stands behind a server in a scenario. */
export function behindOf({ sink, glance }: Bench, scenario: Scenario): string {
  if (scenario.kind === 'transfer') return scenario.direction === 'up' ? sink : glance.same;
  return glance[scenario.answers ?? 'changing'];
}

async function answering(running: Running, url: string): Promise<void> {
  try {
    await firstAnswer(url, 'HEAD', running.isAlive);
  } catch (error) {
    throw new Error(`a server did not start: ${running.said()}`, { cause: error });
  }
}

/** Starts the gateway as it is shipped; resolves with its first answer, which has been to the Image service and back. */
export async function startGateway(
  bench: Bench,
  behind: string,
  { accessLog = 'off', readCache = false, profileFolder }: GatewayStart = {},
): Promise<Server> {
  const port = await freePort();
  const profile =
    profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const running = bench.lifetime.start({
    side: 'server',
    command: [bench.options.node, ...profile, bench.gateway, 'serve'],
    environment: {
      POLYGLANCE_GLANCE_URL: behind,
      POLYGLANCE_HOST: '127.0.0.1',
      POLYGLANCE_PORT: String(port),
      POLYGLANCE_ADMIN_PORT: '0',
      POLYGLANCE_ACCESS_LOG: accessLog,
      POLYGLANCE_READ_CACHE_TIME: readCache ? '3600000' : '0',
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(running, `${url}/v1/images/${imageId(0)}`);
  return { kind: 'gateway', url, translates: true, ...running };
}

async function startBarePipe(bench: Bench, behind: string): Promise<Server> {
  const port = await freePort();
  const running = bench.lifetime.start({
    side: 'server',
    command: [bench.options.node, bench.programs.barePipe, String(port), behind],
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(running, `${url}/v2/images/${imageId(0)}`);
  return { kind: 'bare', url, translates: false, ...running };
}

/** Starts a server of a kind in front of an Image service; every measurement gets a fresh one, so that its peak is its own. */
export async function startServer(
  bench: Bench,
  kind: ServerKind,
  behind: string,
  start: GatewayStart = {},
): Promise<Server> {
  switch (kind) {
    case 'gateway':
      return startGateway(bench, behind, start);
    case 'bare':
      return startBarePipe(bench, behind);
    case 'nginx': {
      return { kind, translates: false, ...(await startNginxProxy(bench.lifetime, behind)) };
    }
    case 'direct':
      return {
        kind,
        url: behind,
        pid: 0,
        translates: false,
        said: () => '',
        stop: async () => undefined,
      };
  }
}
