import { LRUCache } from 'lru-cache';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Credentials, Login } from '../core/identity.ts';

/** Wrong passwords that are put up with, per user and address together and per address alone, within a window. */
const perUser = 10;
const perAddress = 50;
const windowMs = 60_000;
const mostCounted = 20_000;

/**
 * Limits guessing: after too many wrong passwords for one user from one address, or from one address at all, the Identity
 * service is not asked any more for a while. A user is never locked out from another address.
 */
export function limitLogin(
  login: Login,
): (credentials: Credentials, peer: string, fresh?: boolean) => ReturnType<Login> {
  const wrong = new LRUCache<string, { count: number }>({ max: mostCounted, ttl: windowMs });
  const count = (key: string): number => wrong.get(key)?.count ?? 0;
  const add = (key: string): void => {
    const entry = wrong.get(key);
    // the window runs from the first wrong one
    if (entry) entry.count += 1;
    else wrong.set(key, { count: 1 });
  };
  const giveBack = (key: string): void => {
    const entry = wrong.get(key);
    if (entry) entry.count -= 1;
  };
  return async (credentials, peer, fresh) => {
    const user = `${credentials.user}\n${peer}`;
    const address = `\n${peer}`;
    if (count(user) >= perUser || count(address) >= perAddress) return tooMany();
    // taken before the answer is known, so that guesses made at once count too
    add(user);
    add(address);
    const session = await login(credentials, fresh);
    if (!isFault(session) || session.kind !== 'unauthorized') {
      giveBack(user);
      giveBack(address);
    }
    return session;
  };
}

const tooMany = (): Fault =>
  fault('rate-limited', 'Too many wrong passwords. Please try again later.', {
    retryAfter: windowMs / 1000,
  });
