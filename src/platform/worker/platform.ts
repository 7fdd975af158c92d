import { createForward } from '../../glance/forward.ts';
import type { Platform, PlatformOptions } from '../platform.ts';
import { createWorkerSource } from './source.ts';
import { createWorkerUpstream, type Fetcher } from './upstream.ts';

const globalFetcher: Fetcher = { fetch: (request) => fetch(request) };

/** workerd. Services that are bound to the Worker, by their URL, are reached by their binding. */
export function createWorkerPlatform(
  { importFilter, timeouts }: PlatformOptions,
  bound: ReadonlyMap<string, Fetcher>,
): Platform {
  return {
    reach: (serviceUrl) => {
      const fetcher = bound.get(serviceUrl) ?? globalFetcher;
      const send = createWorkerUpstream(serviceUrl, fetcher, timeouts.firstByte);
      return {
        send,
        forward: (policy, by) => createForward(by, policy),
        close: async () => undefined,
      };
    },
    openSource: createWorkerSource(importFilter),
    log: (line) => console.log(line),
    logError: (line) => console.error(line),
  };
}
