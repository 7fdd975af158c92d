import type { Send } from '../core/upstream.ts';
import { GlanceClient } from '../glance/client.ts';
import type { BuildBackend } from './backend.ts';
import type { Log } from './log.ts';
import { BuildRecords } from './queue/builds.ts';
import { ClaimRecords } from './queue/claims.ts';
import { watchClock } from './queue/clock.ts';
import { createUpload, type Upload, type UploadPatience } from './upload.ts';

/** What builds are made with. */
export interface Workshop {
  readonly builds: BuildRecords;
  readonly claims: ClaimRecords;
  readonly upload: Upload;
  /** In order of preference. */
  readonly backends: readonly BuildBackend[];
  /** Where the folders of builds are made. */
  readonly folder: string;
  /** Milliseconds. */
  readonly times: {
    /** Most of one build. */
    readonly build: number;
    /** Between two signs of life. */
    readonly beat: number;
    /** Without one, a claim is dead. */
    readonly lease: number;
  };
  readonly log: Log;
}

/** What a workshop is made of, and Glance's clock; `send` speaks with the worker's token. */
export function createWorkshop(
  send: Send,
  options: Pick<Workshop, 'backends' | 'folder' | 'times' | 'log'> & {
    /** Tells workers apart in their claims. */
    readonly worker: string;
    /** When refused uploads are tried again. */
    readonly patience: UploadPatience;
  },
): { readonly workshop: Workshop; readonly now: () => number } {
  const clock = watchClock(send);
  const glance = new GlanceClient(clock.send);
  const { worker, patience, ...rest } = options;
  return {
    now: clock.now,
    workshop: {
      ...rest,
      builds: new BuildRecords(glance),
      claims: new ClaimRecords(glance, worker),
      upload: createUpload(glance, patience),
    },
  };
}
