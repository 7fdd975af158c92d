import type { Log } from './log.ts';

/** Claims that could not be given back when it was time: as long as they look held, or like deaths, builds wait for them. */
export interface Owed {
  /** Notes how a build's claim is given back. */
  readonly owe: (build: string, give: () => Promise<unknown>) => void;
  /** Gives back what can be by now. Never rejects. */
  readonly giveBack: () => Promise<void>;
}

/** Keeps each for a lease (milliseconds), after which it is stale by itself. */
export function createOwed(lease: number, log: Log): Owed {
  const owed = new Map<string, { readonly give: () => Promise<unknown>; readonly until: number }>();
  return {
    owe: (build, give) => {
      owed.set(build, { give, until: performance.now() + lease });
    },
    giveBack: async () => {
      for (const [build, { give, until }] of owed) {
        try {
          await give();
          owed.delete(build);
        } catch (error) {
          log('trouble', { build, message: String(error) });
          if (performance.now() > until) owed.delete(build);
        }
      }
    },
  };
}
