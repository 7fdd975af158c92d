import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../../trouble.ts';

/** Looks in a row that may fail before a service is given up: five minutes at the usual pace. */
const mostTroubles = 60;

/** Looks again and again, until there is something to be seen. Rejects when the signal fires, or when a service stays away. */
export async function watch<T>(
  look: () => Promise<T | undefined>,
  poll: number,
  signal: AbortSignal,
): Promise<T> {
  for (let troubles = 0; ; ) {
    try {
      const seen = await look();
      signal.throwIfAborted();
      if (seen !== undefined) return seen;
      troubles = 0;
    } catch (error) {
      troubles += 1;
      if (!(error instanceof Trouble) || troubles > mostTroubles) throw error;
    }
    await sleep(poll, undefined, { signal });
  }
}
