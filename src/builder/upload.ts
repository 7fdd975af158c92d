import { setTimeout as sleep } from 'node:timers/promises';
import { ownContext } from '../core/call.ts';
import { type Fault, isFault } from '../core/fault.ts';
import type { GlanceClient } from '../glance/client.ts';
import { type Artifact, BuildFailure } from './backend.ts';
import { Cancelled } from './cancelled.ts';
import { withEnding } from './machine/ending.ts';
import { isUnderWay } from './queue/builds.ts';
import { Trouble } from './trouble.ts';

/** Stores a finished image. Throws {@link BuildFailure}, {@link Cancelled} or {@link Trouble}. */
export type Upload = (id: string, artifact: Artifact, signal: AbortSignal) => Promise<void>;

/** When an upload that was refused is tried again; milliseconds. */
export interface UploadPatience {
  /** Before the second try; it doubles from then on, up to a tenth of `whole`. */
  readonly pause: number;
  /** From the first refusal until the image is given up. */
  readonly whole: number;
  /** Without a byte taken, or without an answer once all are, after which a try is ended. */
  readonly stall: number;
}

/** What a refused upload means; `undefined` when it may go better another time. */
function verdict({ kind, message }: Fault): Error | undefined {
  switch (kind) {
    case 'not-found':
    case 'gone-while-writing':
      return new Cancelled('over');
    case 'bad-request':
    case 'forbidden':
    case 'too-large':
      return new BuildFailure(`The Image service refused the image: ${message}`);
    default:
      return undefined;
  }
}

/** How an image stands that an upload was refused for. `busy`: Glance stores data for it, or does not say. */
async function standing(glance: GlanceClient, id: string): Promise<'stored' | 'ready' | 'busy'> {
  const image = await glance.show(ownContext(), id);
  if (isFault(image)) {
    if (image.kind === 'not-found') throw new Cancelled('over');
    return 'busy';
  }
  const { status } = image.base;
  if (!isUnderWay(image)) throw new Cancelled('over');
  // the answer alone was lost
  if (status === 'active') return 'stored';
  return status === 'queued' ? 'ready' : 'busy';
}

/** One try, which ends when the signal fires, or when Glance takes nothing more. */
async function tryOnce(
  glance: GlanceClient,
  id: string,
  artifact: Artifact,
  signal: AbortSignal,
  stall: number,
): Promise<Fault | undefined> {
  const { body, length } = await artifact.open();
  return withEnding(signal, async (end) => {
    const timer = setTimeout(() => end.abort(new Error('Glance takes nothing more')), stall);
    const watched = async function* () {
      for await (const chunk of body) {
        timer.refresh();
        yield chunk;
      }
    };
    try {
      return await glance.upload(ownContext(undefined, end.signal), id, watched(), length);
    } finally {
      clearTimeout(timer);
    }
  });
}

/** Uploads through Glance, again and again where it may help: a finished image is worth more than a few minutes. */
export const createUpload =
  (glance: GlanceClient, { pause, whole, stall }: UploadPatience): Upload =>
  async (id, artifact, signal) => {
    let refused: Fault | undefined;
    let deadline = Number.POSITIVE_INFINITY;
    for (let wait = pause; ; wait = Math.min(2 * wait, Math.max(pause, whole / 10))) {
      const now = refused ? await standing(glance, id) : 'ready';
      if (now === 'stored') return;
      if (now === 'ready') {
        refused = await tryOnce(glance, id, artifact, signal, stall);
        if (!refused) return;
        // what was stopped in the very end is stored all the same
        if (signal.aborted && (await standing(glance, id)) === 'stored') return;
        signal.throwIfAborted();
        const error = verdict(refused);
        if (error) throw error;
        deadline = Math.min(deadline, performance.now() + whole);
      }
      if (refused && performance.now() + wait > deadline) throw new Trouble(refused);
      await sleep(wait, undefined, { signal });
    }
  };
