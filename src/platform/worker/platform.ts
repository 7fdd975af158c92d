import { createForward } from '../../glance/forward.ts';
import type { Platform, PlatformOptions } from '../platform.ts';
import { createWorkerSource } from './source.ts';
import { createWorkerUpstream, type Fetcher } from './upstream.ts';

/** workerd. Services that are bound to the Worker, by their URL, are reached by their binding. */
export function createWorkerPlatform(
  { importFilter, timeouts }: PlatformOptions,
  bound: ReadonlyMap<string, Fetcher>,
): Platform {
  return {
    reach: (serviceUrl) => {
      const send = createWorkerUpstream(serviceUrl, bound.get(serviceUrl), timeouts);
      return {
        send,
        forward: (policy, by) => createForward(by, policy),
        close: async () => undefined,
      };
    },
    // whatever becomes of a stream, the runtime writes the last chunk
    breaksAnswers: false,
    // a promise belongs to its request: when that is ended, it never settles
    joinsRequests: false,
    openSource: createWorkerSource(importFilter),
    log: (line) => console.log(line),
    logError: (line) => console.error(line),
  };
}
