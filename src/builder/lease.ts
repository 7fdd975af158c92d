import type { CancelReason } from './cancelled.ts';
import { isUnderWay } from './queue/builds.ts';
import type { Claim } from './queue/claims.ts';
import type { Workshop } from './workshop.ts';

/** A claim that is kept alive. */
export interface Lease {
  /** Stops keeping it alive; resolves when nothing is under way any more. */
  readonly end: () => Promise<void>;
}

/** Gives signs of life for a claim, and looks after its build: whatever ends it elsewhere cancels it here. */
export function keepLease(
  { builds, claims, times, log }: Pick<Workshop, 'builds' | 'claims' | 'times' | 'log'>,
  claim: Claim,
  cancel: (reason: CancelReason) => void,
): Lease {
  let count = 0;
  let lastBeat = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let beating = Promise.resolve();
  const beat = async (): Promise<void> => {
    try {
      count += 1;
      const held = await claims.beat(claim, String(count));
      lastBeat = performance.now();
      const image = held ? await builds.show(claim.build) : undefined;
      if (!image || !isUnderWay(image)) cancel('over');
    } catch (error) {
      log('trouble', { build: claim.build, message: String(error) });
      if (performance.now() - lastBeat > times.lease) cancel('lost');
    }
  };
  const next = (): void => {
    if (ended) return;
    timer = setTimeout(() => {
      beating = beat().then(next);
    }, times.beat);
  };
  next();
  return {
    end: () => {
      ended = true;
      clearTimeout(timer);
      return beating;
    },
  };
}
