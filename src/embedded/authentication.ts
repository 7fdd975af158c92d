import { createHash, timingSafeEqual } from 'node:crypto';
import type { EmbeddedIdentity } from './identities.ts';

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** Compares two secrets in a time that tells neither their length nor where they differ. */
function sameSecret(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

/** Finds the holder of a token; every identity is compared, whatever the outcome. */
export function identityByToken(
  identities: readonly EmbeddedIdentity[],
  token: string,
): EmbeddedIdentity | undefined {
  let found: EmbeddedIdentity | undefined;
  for (const identity of identities) if (sameSecret(identity.token, token)) found = identity;
  return found;
}

/**
 * Finds a user by name or id and password, in one project when it is named (by name or id).
 * An unknown user costs the same comparisons as a known one.
 */
export function identityByPassword(
  identities: readonly EmbeddedIdentity[],
  user: string,
  password: string,
  project?: string,
): EmbeddedIdentity | undefined {
  let found: EmbeddedIdentity | undefined;
  for (const identity of identities) {
    const passwordMatches = sameSecret(identity.password, password);
    const userMatches = identity.userName === user || identity.userId === user;
    const projectMatches =
      project === undefined || identity.projectName === project || identity.projectId === project;
    if (passwordMatches && userMatches && projectMatches && found === undefined) found = identity;
  }
  return found;
}
