import { scriptPieces } from '../core/build-record.ts';
import type { BuildRecords } from './queue/builds.ts';
import { isUnderWay } from './queue/builds.ts';
import type { Claim, ClaimRecords } from './queue/claims.ts';
import { isStale } from './queue/next-claim.ts';

/** What is looked after, and the clock and lease that claims are judged by; milliseconds. */
export interface Sweep {
  readonly builds: BuildRecords;
  readonly claims: ClaimRecords;
  readonly now: () => number;
  readonly lease: number;
}

/** Who can see an image without having been let in. */
const published = ['public', 'community'] as const;

const highest = (claims: readonly Claim[] | undefined): number => claims?.at(-1)?.number ?? 0;

/**
 * Tidies up after workers and Glances that died: builds whose data arrived are done, those whose data can never arrive
 * have failed, claims on builds that are over go, and so do scripts of images that everybody can see by now.
 */
export async function sweep({ builds, claims, now, lease }: Sweep): Promise<void> {
  const held = await claims.all();
  const isHeld = (id: string): boolean =>
    held.get(id)?.some((claim) => !isStale(claim, now(), lease)) === true;
  for (const { base } of await builds.list('building', 'active')) {
    if (!isHeld(base.id)) await builds.done(base.id);
  }
  for (const { base } of await builds.list('building', 'saving')) {
    // a broken upload would be queued again
    const silent = now() - Date.parse(base.updated_at) > lease;
    if (silent && !isHeld(base.id)) {
      await builds.failed(base.id, 'The Image service stopped while it stored the image.');
    }
  }
  for (const [id, theirs] of held) {
    if (isHeld(id)) continue;
    const image = await builds.show(id);
    if (!image || !isUnderWay(image)) await claims.clear(id, highest(theirs));
  }
  for (const visibility of published) {
    for (const image of await builds.list('done', 'active', { visibility })) {
      if (scriptPieces(image).length > 0) await builds.dropScript(image);
    }
  }
}
