import { setTimeout as sleep } from 'node:timers/promises';
import type { Image } from '../core/image.ts';
import { attempt } from './attempt.ts';
import type { Claim } from './queue/claims.ts';
import { isStale, nextClaim } from './queue/next-claim.ts';
import { sweep } from './sweep.ts';
import type { Workshop } from './workshop.ts';

/** Waiting builds that are looked at in one round: beyond one project's that wait for each other. */
const mostWaiting = 1000;

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
  const running = new Map<string, Promise<void>>();

  const start = (claim: Claim): void => {
    const done = attempt(workshop, claim, stop)
      .catch((error) => log('trouble', { build: claim.build, message: String(error) }))
      .finally(() => running.delete(claim.build));
    running.set(claim.build, done);
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
    if (next === 'hopeless') {
      await builds.failed(id, `The builder stopped ${theirs.length} times.`);
      await claims.clear(id, theirs.at(-1)?.number ?? 0);
      return;
    }
    const claim = await claims.take(image, next);
    if (!claim) return;
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
    start(claim);
  };

  const round = async (): Promise<void> => {
    if (running.size >= options.parallel) return;
    const waiting = await builds.list('building', 'queued', { limit: mostWaiting });
    if (waiting.length === 0) return;
    const held = await claims.all();
    const counts = counted(held);
    for (const image of waiting) {
      if (running.size >= options.parallel || stop.aborted) return;
      if (running.has(image.base.id)) continue;
      await consider(image, held.get(image.base.id) ?? [], counts);
    }
  };

  const tried = (work: Promise<void>): Promise<void> =>
    work.catch((error) => log('trouble', { message: String(error) }));

  let sweptAt = Number.NEGATIVE_INFINITY;
  while (!stop.aborted) {
    if (performance.now() - sweptAt >= options.sweep) {
      sweptAt = performance.now();
      // what cannot be tidied up keeps nobody from building
      await tried(sweep({ builds, claims, now: options.now, lease: times.lease }));
    }
    await tried(round());
    await sleep(options.poll, undefined, { signal: stop }).catch(() => undefined);
  }
  await Promise.all(running.values());
}
