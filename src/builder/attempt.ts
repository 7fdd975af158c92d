import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { specOf } from '../core/build-record.ts';
import { isFault } from '../core/fault.ts';
import type { Image } from '../core/image.ts';
import { type ImageSpec, readSpec } from '../core/image-spec.ts';
import { type BuildBackend, BuildFailure, type BuildSite } from './backend.ts';
import { Cancelled } from './cancelled.ts';
import { keepLease } from './lease.ts';
import { removeFolder } from './machine/remove-folder.ts';
import { createNotes } from './notes.ts';
import { createProgress } from './progress.ts';
import { isWaiting } from './queue/builds.ts';
import type { Claim } from './queue/claims.ts';
import { Trouble } from './trouble.ts';
import type { Workshop } from './workshop.ts';

function orderedSpec(image: Image): ImageSpec {
  // what is in Glance may have been written there past the gateway
  const spec = readSpec(specOf(image, true), false);
  if (isFault(spec)) throw new BuildFailure(spec.message);
  return spec;
}

function chosen(backends: readonly BuildBackend[], spec: ImageSpec): BuildBackend {
  const refusals: string[] = [];
  for (const backend of backends) {
    const refusal = backend.declines(spec);
    if (refusal === undefined) return backend;
    refusals.push(refusal);
  }
  throw new BuildFailure(refusals.join(' ') || 'No builder is configured.');
}

async function buildAndStore(
  workshop: Workshop,
  claim: Claim,
  image: Image,
  site: Omit<BuildSite, 'progress' | 'locate'>,
  built: () => void,
): Promise<void> {
  const { builds, claims, log } = workshop;
  const { id, name, owner } = image.base;
  const spec = orderedSpec(image);
  const backend = chosen(workshop.backends, spec);
  log('building', { build: id, backend: backend.name, attempt: claim.number });
  const progress = createProgress(builds, id, log);
  const order = { id, name: name ?? '', project: owner, spec };
  // what was stopped meanwhile must not begin
  site.signal.throwIfAborted();
  // a late word of progress would undo what is written of the build's end
  const artifact = await backend.build(order, { ...site, ...progress }).finally(progress.settled);
  built();
  try {
    site.signal.throwIfAborted();
    if (await claims.isSuperseded(claim)) throw new Cancelled('superseded');
    await builds.expect(image, artifact.diskFormat);
    await workshop.upload(id, artifact, site.signal);
    await builds.done(id);
  } finally {
    await artifact.release?.();
  }
}

/** Settles an attempt that did not come to its end. */
async function settle(workshop: Workshop, claim: Claim, error: unknown): Promise<void> {
  const { builds, claims, log } = workshop;
  const { build, number } = claim;
  if (error instanceof Cancelled) {
    log('cancelled', { build, reason: error.reason });
    // nobody else need wait for a lease to end, or take its end for a death
    if (error.reason === 'over') await claims.clear(build, number);
    else await claims.release(claim);
    return;
  }
  if (error instanceof Trouble) {
    // not the build's fault: another attempt may find Glance well again
    log('trouble', { build, message: error.message });
    await claims.release(claim);
    return;
  }
  const known = error instanceof BuildFailure;
  log('failed', {
    build,
    message: String(error),
    ...(!known && { stack: (error as Error).stack }),
  });
  // what went wrong here says nothing of a later attempt, which may have been the cause
  if (await claims.isSuperseded(claim)) return;
  await builds.failed(build, known ? error.message : 'The builder failed.');
  await claims.clear(build, number);
}

/** Builds what a claim is for, to whatever end. Rejects only when Glance could not be told. `stop` gives the build back. */
export async function attempt(workshop: Workshop, claim: Claim, stop: AbortSignal): Promise<void> {
  const { builds, claims, times, log } = workshop;
  const folder = join(workshop.folder, claim.id);
  const ending = new AbortController();
  const overtime = setTimeout(() => {
    const minutes = Math.ceil(times.build / 60_000);
    ending.abort(new BuildFailure(`The build was not done in time (${minutes} min).`));
  }, times.build);
  const stopping = (): void => ending.abort(new Cancelled('stopping'));
  stop.addEventListener('abort', stopping, { once: true });
  if (stop.aborted) stopping();
  const lease = keepLease(workshop, claim, (reason) => ending.abort(new Cancelled(reason)));
  const began = performance.now();
  try {
    const image = await builds.show(claim.build);
    if (!image || !isWaiting(image)) throw new Cancelled('over');
    await mkdir(folder, { recursive: true });
    const site = { folder, signal: ending.signal, log: createNotes(log, claim.build) };
    // what is built is not thrown away because it takes long to store
    await buildAndStore(workshop, claim, image, site, () => clearTimeout(overtime));
    await claims.clear(claim.build, claim.number);
    log('done', { build: claim.build, seconds: Math.round((performance.now() - began) / 1000) });
  } catch (error) {
    await settle(workshop, claim, ending.signal.aborted ? ending.signal.reason : error);
  } finally {
    clearTimeout(overtime);
    stop.removeEventListener('abort', stopping);
    await lease.end();
    await removeFolder(folder, (message) => log('trouble', { build: claim.build, message }));
  }
}
