import type { Send } from '../core/upstream.ts';
import { GlanceClient } from '../glance/client.ts';
import type { Workshop } from './attempt.ts';
import { BuildRecords } from './queue/builds.ts';
import { ClaimRecords } from './queue/claims.ts';
import { watchClock } from './queue/clock.ts';
import { createUpload } from './upload.ts';

/** What a workshop is made of, and Glance's clock; `send` speaks with the worker's token. */
export function createWorkshop(
  send: Send,
  options: Pick<Workshop, 'backends' | 'folder' | 'times' | 'log'> & {
    /** Tells workers apart in their claims. */
    readonly worker: string;
    /** Milliseconds before an upload is tried again. */
    readonly pause: number;
  },
): { readonly workshop: Workshop; readonly now: () => number } {
  const clock = watchClock(send);
  const glance = new GlanceClient(clock.send);
  const { worker, pause, ...rest } = options;
  return {
    now: clock.now,
    workshop: {
      ...rest,
      builds: new BuildRecords(glance),
      claims: new ClaimRecords(glance, worker),
      upload: createUpload(glance, pause),
    },
  };
}
