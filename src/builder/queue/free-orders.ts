import type { BuildRecords } from './builds.ts';
import type { Claim, ClaimRecords, Order } from './claims.ts';
import { isStale, type NextClaim, nextClaim } from './next-claim.ts';

/** An order that nobody holds, and the claims that there were. */
export interface FreeOrder extends Order {
  readonly next: Exclude<NextClaim, 'held'>;
  readonly claims: readonly Claim[];
}

/** Live claims by project. */
export type Counts = Map<string | null, number>;

/** Where to look, and the time and lease that claims are judged by; milliseconds. */
export interface Look {
  readonly builds: BuildRecords;
  readonly claims: ClaimRecords;
  /** Now, by Glance's clock. */
  readonly at: number;
  readonly lease: number;
}

function counted(held: ReadonlyMap<string, readonly Claim[]>, at: number, lease: number): Counts {
  const counts: Counts = new Map();
  for (const theirs of held.values()) {
    const last = theirs.at(-1);
    if (!last || isStale(last, at, lease)) continue;
    counts.set(last.project, (counts.get(last.project) ?? 0) + 1);
  }
  return counts;
}

/** Orders that nobody holds, oldest first. */
export async function freeOrders({
  builds,
  claims,
  at,
  lease,
}: Look): Promise<{ readonly free: FreeOrder[]; readonly counts: Counts }> {
  // claims are judged by when they were read, and for no longer than they say something
  const end = performance.now() + lease / 4;
  const free: FreeOrder[] = [];
  let held: ReadonlyMap<string, readonly Claim[]> | undefined;
  for await (const { base } of builds.list('building', 'queued')) {
    held ??= await claims.all();
    const theirs = held.get(base.id) ?? [];
    const next = nextClaim(theirs, at, lease);
    if (next !== 'held') free.push({ id: base.id, owner: base.owner, next, claims: theirs });
    if (performance.now() > end) break;
  }
  return { free, counts: counted(held ?? new Map(), at, lease) };
}
