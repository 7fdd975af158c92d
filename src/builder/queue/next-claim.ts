import { type Claim, mostClaims } from './claims.ts';

/** What to do about a build: leave it to its holder, give it up, or try to claim it with a number. */
export type NextClaim = 'held' | 'hopeless' | number;

/** Workers that may die over one build before it is given up. */
const mostDeaths = 3;

/** Part of a lease that passes between two attempts that were given back, times how many have been. */
const pausePart = 1 / 5;

/** Whether a claim's holder must be thought dead; `now` and `lease` in milliseconds. */
export const isStale = (claim: Claim, now: number, lease: number): boolean =>
  claim.released || now - claim.beatAt > lease;

/** Milliseconds until a build that was given back is begun again: at once after the first time, later and later after others. */
const pauseAfter = (releases: number, lease: number): number =>
  Math.min(1, Math.max(0, releases - 1) * pausePart) * lease;

/** Decides by the claims on a build, lowest number first. Builds that were given back do not count as deaths. */
export function nextClaim(claims: readonly Claim[], now: number, lease: number): NextClaim {
  const last = claims.at(-1);
  if (!last) return 1;
  if (!isStale(last, now, lease)) return 'held';
  const deaths = claims.filter((claim) => !claim.released).length;
  if (deaths >= mostDeaths || last.number >= mostClaims) return 'hopeless';
  const pause = last.released ? pauseAfter(claims.length - deaths, lease) : 0;
  return now - last.beatAt < pause ? 'held' : last.number + 1;
}
