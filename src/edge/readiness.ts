/** Whether traffic is welcome: Glance has answered lately, and nobody has asked the gateway to stop. */
export interface Readiness {
  readonly ready: () => boolean;
  /** Turns false for good. */
  readonly stop: () => void;
}

/** Milliseconds between two questions, and how old the last good answer may be. */
const every = 5_000;
const freshFor = 15_000;

/** Asks `probe` at once and then again and again; its rejection or `false` counts as no answer. */
export function watchReadiness(probe: () => Promise<boolean>): Readiness {
  let last = Number.NEGATIVE_INFINITY;
  let stopped = false;
  const ask = async (): Promise<void> => {
    if (await probe().catch(() => false)) last = performance.now();
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
