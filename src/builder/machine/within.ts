/** Does work that ends when the signal fires, or after so many milliseconds (the error is then a `TimeoutError`). */
export async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // AbortSignal.any loses its sources to the garbage collector on Node 20
  const end = new AbortController();
  const stop = (): void => end.abort(signal.reason);
  const timer = setTimeout(
    () => end.abort(new DOMException('too slow', 'TimeoutError')),
    milliseconds,
  );
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await work(end.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
