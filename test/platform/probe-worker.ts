import { defaultImportFilter } from '../../src/core/import-filter.ts';
import { WorkerExchange } from '../../src/platform/worker/exchange.ts';
import { createWorkerPlatform } from '../../src/platform/worker/platform.ts';
import { createProbe } from './probe.ts';
import { timeouts } from './timeouts.ts';

const platform = createWorkerPlatform(
  { importFilter: { ...defaultImportFilter, hosts: ['127.0.0.1'], ports: [] }, timeouts },
  new Map(),
);
const probe = createProbe(platform);

export default {
  fetch(request: Request, _: unknown, context: ExecutionContext): Response | Promise<Response> {
    const { signal } = new AbortController();
    return probe(new WorkerExchange(request, (work) => context.waitUntil(work(signal))));
  },
};
