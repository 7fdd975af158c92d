/** Whether traffic is welcome: Glance has answered lately, and nobody has asked the gateway to stop. */
export interface Readiness {
  readonly ready: () => boolean;
  /** Turns false for good. */
  readonly stop: () => void;
}

/** Milliseconds between two questions, and how old the last good answer may be. */
const every = 5_000;
const freshFor = 15_000;

/** Milliseconds that the Image service has to say so. */
const patience = 5_000;

/** Asks once whether the Image service answers; `signal` ends the question. */
export type Probe = (signal: AbortSignal) => Promise<boolean>;

/** What `probe` says in time; its rejection, or its silence, counts as no answer. */
export async function answersInTime(probe: Probe): Promise<boolean> {
  const question = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
      question.abort();
    }, patience);
  });
  try {
    return await Promise.race([probe(question.signal), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Asks `probe` at once and then again and again. */
export function watchReadiness(probe: Probe): Readiness {
  let last = Number.NEGATIVE_INFINITY;
  let stopped = false;
  const ask = async (): Promise<void> => {
    if (await answersInTime(probe)) last = performance.now();
  };
  void ask();
  const timer = setInterval(ask, every);
  // asking must not keep a process alive that has nothing else to do
  timer.unref();
  return {
    ready: () => !stopped && performance.now() - last < freshFor,
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}
