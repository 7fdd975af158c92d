import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Image } from '../core/image.ts';
import { attempt } from './attempt.ts';
import { type Claim, mostClaims } from './queue/claims.ts';
import { isStale, nextClaim } from './queue/next-claim.ts';
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
  /** Claims of attempts that ended while Glance could not be told. */
  const owed = new Set<Claim>();

  const tried = (work: Promise<void>, facts: Readonly<Record<string, unknown>> = {}) =>
    work.catch((error) => log('trouble', { ...facts, message: String(error) }));

  const start = (claim: Claim): void => {
    const { build } = claim;
    const untold = (error: unknown): void => {
      log('trouble', { build, message: String(error) });
      owed.add(claim);
    };
    const done = attempt(workshop, claim, stop)
      .catch(untold)
      .finally(() => running.delete(build));
    running.set(build, done);
  };

  /** Gives back what could not be given back before: else it would look like a death. */
  const giveBack = async (): Promise<void> => {
    for (const claim of owed) {
      await claims.release(claim);
      owed.delete(claim);
    }
  };

  /** Live claims by project. */
  const counted = (held: ReadonlyMap<string, readonly Claim[]>): Map<string | null, number> => {
    const counts = new Map<string | null, number>();
    for (const theirs of held.values()) {
      const last = theirs.at(-1);
      if (!last || isStale(last, options.now(), times.lease)) continue;
      counts.set(last.project, (counts.get(last.project) ?? 0) + 1);
    }
    return counts;
  };

  const consider = async (
    image: Image,
    theirs: readonly Claim[],
    counts: Map<string | null, number>,
  ): Promise<void> => {
    const { id, owner } = image.base;
    const next = nextClaim(theirs, options.now(), times.lease);
    if (next === 'held' || (counts.get(owner) ?? 0) >= options.perProject) return;
    const giveUp = async (sentence: string, highest: number): Promise<void> => {
      await builds.failed(id, sentence);
      await claims.clear(id, highest);
    };
    if (next === 'hopeless') {
      return giveUp(`The builder stopped ${theirs.length} times.`, theirs.at(-1)?.number ?? 0);
    }
    for (let number = next; number <= mostClaims; number += 1) {
      const taken = await claims.take(image, number);
      if (taken === 'held') return;
      if (taken === 'spent') continue;
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
      return start(taken);
    }
    return giveUp('The build could not be claimed.', mostClaims);
  };

  const isFull = (): boolean => running.size >= options.parallel || stop.aborted;

  const round = async (): Promise<void> => {
    await giveBack();
    if (isFull()) return;
    let held: ReadonlyMap<string, readonly Claim[]> | undefined;
    let counts = new Map<string | null, number>();
    for await (const image of builds.list('building', 'queued')) {
      const { id } = image.base;
      if (!held) {
        held = await claims.all();
        counts = counted(held);
      }
      if (!running.has(id)) await tried(consider(image, held.get(id) ?? [], counts), { build: id });
      if (isFull()) return;
    }
  };

  let sweptAt = Number.NEGATIVE_INFINITY;
  while (!stop.aborted) {
    if (performance.now() - sweptAt >= options.sweep) {
      sweptAt = performance.now();
      // what cannot be tidied up keeps nobody from building
      await tried(sweep({ builds, claims, now: options.now, lease: times.lease, log }));
    }
    await tried(round());
    await sleep(options.poll, undefined, { signal: stop }).catch(() => undefined);
  }
  await Promise.all(running.values());
  await tried(giveBack());
}
