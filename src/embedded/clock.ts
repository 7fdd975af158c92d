/** A clock in microseconds that never gives the same time twice, so that lists have one order. */
export function strictClock(now: () => Date): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, now().getTime() * 1000);
    return last;
  };
}

/** A time as Glance shows it: UTC, whole seconds. */
export function isoTime(microseconds: number): string {
  return `${new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, 19)}Z`;
}

/** A time as Glance shows it where it forgets to round: no zone, microseconds. */
export function fineTime(microseconds: number): string {
  const whole = new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, 19);
  return `${whole}.${String(microseconds % 1_000_000).padStart(6, '0')}`;
}
