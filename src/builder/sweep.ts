import { scriptPieces } from '../core/build-record.ts';
import type { Image } from '../core/image.ts';
import type { Log } from './log.ts';
import type { BuildRecords } from './queue/builds.ts';
import { isUnderWay } from './queue/builds.ts';
import type { ClaimRecords } from './queue/claims.ts';
import { isStale } from './queue/next-claim.ts';

/** What is looked after, and the clock and lease that claims are judged by; milliseconds. */
export interface Sweep {
  readonly builds: BuildRecords;
  readonly claims: ClaimRecords;
  readonly now: () => number;
  readonly lease: number;
  readonly log: Log;
}

/** Who can see an image without having been let in. */
const published = ['public', 'community'] as const;
/** Builds that need their script no more. */
const ended = [
  ['done', 'active'],
  ['error', 'queued'],
] as const;

/**
 * Tidies up after workers and Glances that died: builds whose data arrived are done, those whose data can never arrive
 * have failed, claims on builds that are over go, and so do scripts of images that everybody can see by now. What goes
 * wrong with one image is logged, and keeps nothing else from being tidied up.
 */
export async function sweep({ builds, claims, now, lease, log }: Sweep): Promise<void> {
  const held = await claims.all();
  const isHeld = (id: string): boolean =>
    held.get(id)?.some((claim) => !isStale(claim, now(), lease)) === true;

  const tried = async (id: string, tidy: () => Promise<void>): Promise<void> => {
    try {
      await tidy();
    } catch (error) {
      log('trouble', { build: id, message: String(error) });
    }
  };
  const eachOf = async (
    found: AsyncIterable<Image>,
    tidy: (image: Image) => Promise<void>,
  ): Promise<void> => {
    for await (const image of found) await tried(image.base.id, () => tidy(image));
  };

  await eachOf(builds.list('building', 'active'), async ({ base: { id } }) => {
    if (!isHeld(id)) await builds.done(id);
  });
  await eachOf(builds.list('building', 'saving'), async ({ base: { id, updated_at } }) => {
    // a broken upload would be queued again
    const silent = now() - Date.parse(updated_at) > lease;
    if (!silent || isHeld(id)) return;
    await builds.failed(id, 'The Image service stopped while it stored the image.');
  });
  for (const [id, theirs] of held) {
    if (isHeld(id)) continue;
    await tried(id, async () => {
      const image = await builds.show(id);
      if (!image || !isUnderWay(image)) await claims.clear(id, theirs.at(-1)?.number ?? 0);
    });
  }
  await claims.clearStrays(now() - lease);
  for (const visibility of published) {
    for (const [state, status] of ended) {
      await eachOf(builds.list(state, status, visibility), async (image) => {
        if (scriptPieces(image).length > 0) await builds.dropScript(image);
      });
    }
  }
}
