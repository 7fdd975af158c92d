import { scriptPieces } from '../core/build-record.ts';
import type { Image } from '../core/image.ts';
import type { Log } from './log.ts';
import type { BuildRecords } from './queue/builds.ts';
import { isUnderWay } from './queue/builds.ts';
import type { Claim, ClaimRecords } from './queue/claims.ts';
import { isStale } from './queue/next-claim.ts';

/** What is looked after, and the time and lease that claims are judged by; milliseconds. */
export interface Sweep {
  readonly builds: BuildRecords;
  readonly claims: ClaimRecords;
  /** Now, by Glance's clock: claims are judged by when they are read, however long this takes. */
  readonly at: number;
  readonly lease: number;
  /** Images that have not changed since this moment have been looked at; absent: none have. */
  readonly since: number | undefined;
  readonly log: Log;
}

/** Who can see an image without having been let in. */
const published = ['public', 'community'] as const;
/** Builds that need their script no more. */
const ended = [
  ['done', 'active'],
  ['error', 'queued'],
  ['error', 'active'],
] as const;

/**
 * Tidies up after workers and Glances that died: builds whose data arrived are done, those whose data can never arrive
 * have failed, claims on builds that are over go, and so do scripts of images that everybody can see by now. What goes
 * wrong with one image, or one list, is logged, and keeps nothing else from being tidied up; whether nothing did.
 */
export async function sweep({ builds, claims, at, lease, since, log }: Sweep): Promise<boolean> {
  const held = await claims.all();
  const isHeld = (id: string): boolean =>
    held.get(id)?.some((claim) => !isStale(claim, at, lease)) === true;

  let whole = true;
  const tried = async (facts: { readonly build?: string }, work: Promise<void>): Promise<void> => {
    await work.catch((error) => {
      whole = false;
      log('trouble', { ...facts, message: String(error) });
    });
  };
  const eachOf = (
    found: AsyncIterable<Image>,
    tidy: (image: Image) => Promise<void>,
  ): Promise<void> => {
    const all = async (): Promise<void> => {
      for await (const image of found) await tried({ build: image.base.id }, tidy(image));
    };
    return tried({}, all());
  };

  await eachOf(builds.list('building', 'active'), async ({ base: { id } }) => {
    if (!isHeld(id)) await builds.done(id);
  });
  await eachOf(builds.list('building', 'saving'), async ({ base: { id, updated_at } }) => {
    // a broken upload would be queued again
    const silent = at - Date.parse(updated_at) > lease;
    if (!silent || isHeld(id)) return;
    await builds.failed(id, 'The Image service stopped while it stored the image.');
  });
  const clearWhereOver = async (id: string, theirs: readonly Claim[]): Promise<void> => {
    const image = await builds.show(id);
    if (!image || !isUnderWay(image)) await claims.clear(id, theirs.at(-1)?.number ?? 0);
  };
  for (const [id, theirs] of held) {
    if (!isHeld(id)) await tried({ build: id }, clearWhereOver(id, theirs));
  }
  await tried({}, claims.clearStrays(at - lease));
  for (const visibility of published) {
    for (const [state, status] of ended) {
      const found = builds.list(state, status, {
        visibility,
        ...(since !== undefined && { since }),
      });
      await eachOf(found, async (image) => {
        if (scriptPieces(image).length > 0) await builds.dropScript(image);
      });
    }
  }
  return whole;
}
