import { type Unstable_DevWorker, unstable_dev } from 'wrangler';
import { projects, startSource, tokens } from '../behaviour/node-target.ts';
import { rawRequest } from '../behaviour/raw-request.ts';
import type { RunningTarget } from '../behaviour/target.ts';

/** The worker in workerd, as `wrangler dev` runs it, with variables of its own. */
export function workerTarget(settings: Readonly<Record<string, string>> = {}): RunningTarget {
  let worker: Unstable_DevWorker | undefined;
  let source: Awaited<ReturnType<typeof startSource>> | undefined;
  const base = (): string => `http://127.0.0.1:${worker?.port}`;
  return {
    tokens,
    projects,
    isExact: true,
    seesDots: false,
    knowsRoles: true,
    base,
    source: () => source?.url ?? '',
    fetch: (asked) => rawRequest(base(), asked),
    start: async () => {
      source = await startSource();
      worker = await unstable_dev('src/entry/worker.ts', {
        config: 'wrangler.toml',
        ip: '127.0.0.1',
        local: true,
        logLevel: 'error',
        inspect: false,
        vars: {
          POLYGLANCE_ACCESS_LOG: 'off',
          POLYGLANCE_IMPORT_ALLOWED_HOSTS: '127.0.0.1',
          POLYGLANCE_IMPORT_ALLOWED_PORTS: String(source.port),
          ...settings,
        },
        experimental: {
          disableExperimentalWarning: true,
          disableDevRegistry: true,
          testMode: true,
        },
      });
    },
    stop: async () => {
      await worker?.stop();
      source?.stop();
    },
  };
}
