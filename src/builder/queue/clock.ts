import type { Send } from '../../core/upstream.ts';

/** What time Glance has, by the `Date` of its answers: leases are judged by one clock, whatever the workers' say. */
export interface GlanceClock {
  readonly send: Send;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Watches the answers that pass. */
export function watchClock(send: Send): GlanceClock {
  // before the first answer nothing is judged
  let told = Date.now();
  let heard = performance.now();
  return {
    now: () => told + (performance.now() - heard),
    send: async (call) => {
      const answer = await send(call);
      const date = Date.parse(answer.headers['date'] ?? '');
      if (!Number.isNaN(date)) {
        told = date;
        heard = performance.now();
      }
      return answer;
    },
  };
}
