import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from './attempt.ts';
import { createOwed } from './owed.ts';
import { type Claim, mostClaims } from './queue/claims.ts';
import { type FreeOrder, freeOrders } from './queue/free-orders.ts';
import { sweep } from './sweep.ts';
import type { Workshop } from './workshop.ts';

/** A worker's settings beyond those of single builds. */
export interface WorkerOptions {
  /** Builds at a time, in this process. */
  readonly parallel: number;
  /** Builds of one project at a time, in all workers together. */
  readonly perProject: number;
  /** Milliseconds between two looks at the queue, and between two sweeps. */
  readonly poll: number;
  readonly sweep: number;
  /** Glance's clock; milliseconds since 1970. */
  readonly now: () => number;
}

/** Takes builds from Glance and builds them until `stop` fires; resolves when everything has been given back. */
export async function work(
  workshop: Workshop,
  options: WorkerOptions,
  stop: AbortSignal,
): Promise<void> {
  const { builds, claims, log, times } = workshop;
  // every build listens
  setMaxListeners(0, stop);
  const running = new Map<string, Promise<void>>();
  const { owe, giveBack } = createOwed(times.lease, log);
  /** The latest build here of each project, by number. */
  const latest = new Map<string | null, number>();
  let started = 0;

  const start = (claim: Claim): void => {
    const { build } = claim;
    const untold = (error: unknown): void => {
      log('trouble', { build, message: String(error) });
      owe(build, () => claims.release(claim));
    };
    const done = attempt(workshop, claim, stop)
      .catch(untold)
      .finally(() => running.delete(build));
    running.set(build, done);
  };

  const isFull = (): boolean => running.size >= options.parallel || stop.aborted;

  const giveUp = async (id: string, sentence: string, highest: number): Promise<void> => {
    await builds.failed(id, sentence);
    await claims.clear(id, highest);
  };

  /** Tries to claim an order; whether it is built here now. */
  const consider = async ({ id, owner, next, claims: theirs }: FreeOrder): Promise<boolean> => {
    if (next === 'hopeless') {
      const sentence = `The builder stopped ${theirs.length} times.`;
      await giveUp(id, sentence, theirs.at(-1)?.number ?? 0);
      return false;
    }
    for (let number = next; number <= mostClaims; number += 1) {
      const taken = await claims.take({ id, owner }, number).catch((error) => {
        owe(id, () => claims.abandon({ id, owner }, number));
        throw error;
      });
      if (taken === 'held') return false;
      if (taken === 'spent') continue;
      start(taken);
      return true;
    }
    await giveUp(id, 'The build could not be claimed.', mostClaims);
    return false;
  };

  const round = async (): Promise<void> => {
    await giveBack();
    if (isFull()) return;
    const look = { builds, claims, at: options.now(), lease: times.lease };
    const { free: found, counts } = await freeOrders(look);
    const free = found.filter(({ id }) => !running.has(id));
    const ofProject = ({ owner }: FreeOrder): number => counts.get(owner) ?? 0;
    while (!isFull()) {
      // whoever has least, or has waited longest, comes first: one project's many orders keep nobody else waiting
      const open = free.filter((order) => ofProject(order) < options.perProject);
      const turn = ({ owner }: FreeOrder): number => latest.get(owner) ?? 0;
      const [first] = open.sort((a, b) => ofProject(a) - ofProject(b) || turn(a) - turn(b));
      if (!first) return;
      free.splice(free.indexOf(first), 1);
      const begun = await consider(first).catch((error) => {
        log('trouble', { build: first.id, message: String(error) });
        return false;
      });
      if (!begun) continue;
      counts.set(first.owner, ofProject(first) + 1);
      started += 1;
      latest.set(first.owner, started);
    }
  };

  let sweptAt = Number.NEGATIVE_INFINITY;
  let since: number | undefined;
  const tidy = async (): Promise<void> => {
    const at = options.now();
    sweptAt = performance.now();
    const whole = await sweep({ builds, claims, at, lease: times.lease, since, log });
    // what changes while it is looked for is found again
    if (whole) since = at - times.lease;
  };
  const tried = (work: Promise<void>): Promise<void> =>
    work.catch((error) => log('trouble', { message: String(error) }));
  while (!stop.aborted) {
    // what cannot be tidied up keeps nobody from building
    if (performance.now() - sweptAt >= options.sweep) await tried(tidy());
    await tried(round());
    await sleep(options.poll, undefined, { signal: stop }).catch(() => undefined);
  }
  await Promise.all(running.values());
  await giveBack();
}
