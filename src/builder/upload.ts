import { setTimeout as sleep } from 'node:timers/promises';
import { ownContext } from '../core/call.ts';
import { type Fault, isFault } from '../core/fault.ts';
import type { GlanceClient } from '../glance/client.ts';
import { type Artifact, BuildFailure } from './backend.ts';
import { Cancelled } from './cancelled.ts';
import { Trouble } from './trouble.ts';

/** Stores a finished image. Throws {@link BuildFailure}, {@link Cancelled} or {@link Trouble}. */
export type Upload = (id: string, artifact: Artifact, signal: AbortSignal) => Promise<void>;

const tries = 3;

/** What a refused upload means; `undefined` when it may go better another time. */
function verdict({ kind, message }: Fault): Error | undefined {
  switch (kind) {
    case 'not-found':
    case 'gone-while-writing':
    // somebody else's data is there, or on its way
    case 'conflict':
      return new Cancelled('over');
    case 'bad-request':
    case 'forbidden':
    case 'too-large':
      return new BuildFailure(`The Image service refused the image: ${message}`);
    default:
      return undefined;
  }
}

/** Uploads through Glance; `pause` in milliseconds before another try. */
export const createUpload =
  (glance: GlanceClient, pause: number): Upload =>
  async (id, artifact, signal) => {
    for (let left = tries; ; left -= 1) {
      const { body, length } = await artifact.open();
      const refused = await glance.upload(ownContext(undefined, signal), id, body, length);
      signal.throwIfAborted();
      if (!refused) return;
      const error = verdict(refused);
      if (error) throw error;
      if (left === 1) throw new Trouble(refused);
      await sleep(pause, undefined, { signal });
      const present = await glance.show(ownContext(), id);
      // the image was stored, and only the answer was lost
      if (!isFault(present) && present.base.status === 'active') return;
    }
  };
