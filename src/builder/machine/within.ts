import { withEnding } from './ending.ts';

/** Does work that ends when the signal fires, or after so many milliseconds (the error is then a `TimeoutError`). */
export const within = <T>(
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  withEnding(signal, async (end) => {
    const late = (): void => end.abort(new DOMException('too slow', 'TimeoutError'));
    const timer = setTimeout(late, milliseconds);
    try {
      return await work(end.signal);
    } finally {
      clearTimeout(timer);
    }
  });
