import { type Claim, mostClaims } from './claims.ts';

/** What to do about a build: leave it to its holder, give it up, or try to claim it with a number. */
export type NextClaim = 'held' | 'hopeless' | number;

/** Workers that may die over one build before it is given up. */
const mostDeaths = 3;

/** Whether a claim's holder must be thought dead; `now` and `lease` in milliseconds. */
export const isStale = (claim: Claim, now: number, lease: number): boolean =>
  claim.released || now - claim.beatAt > lease;

/** Decides by the claims on a build, lowest number first. Builds that were given back count for nothing. */
export function nextClaim(claims: readonly Claim[], now: number, lease: number): NextClaim {
  const last = claims.at(-1);
  if (last && !isStale(last, now, lease)) return 'held';
  const deaths = claims.filter((claim) => !claim.released).length;
  if (deaths >= mostDeaths || (last?.number ?? 0) >= mostClaims) return 'hopeless';
  return (last?.number ?? 0) + 1;
}
