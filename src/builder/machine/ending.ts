/** Does work with a controller of its own, which fires when the signal does, or sooner. */
export async function withEnding<T>(
  signal: AbortSignal,
  work: (end: AbortController) => Promise<T>,
): Promise<T> {
  // AbortSignal.any loses its sources to the garbage collector on Node 20
  const end = new AbortController();
  const stop = (): void => end.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await work(end);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
