import { afterEach, describe, expect, it, vi } from 'vitest';
import { fault, isFault } from '../../src/core/fault.ts';
import type { Credentials } from '../../src/core/identity.ts';
import { limitLogin } from '../../src/identity/login-limiter.ts';

let shift = 0;
function turnClock(): void {
  shift = 0;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + shift);
}
const pass = async (ms: number): Promise<void> => {
  shift += ms;
  await new Promise((resolve) => setTimeout(resolve, 5));
};
afterEach(() => vi.restoreAllMocks());

const caller = { userId: 'u', userName: 'u', projectId: 'p', projectName: 'p', roles: [] };

/** A service that takes the password `right` from anybody, slowly when told so, and the limiter in front of it. */
function guarded(delay = 0) {
  const asked: string[] = [];
  const login = limitLogin(async ({ user, password }: Credentials) => {
    asked.push(user);
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (password === 'down') return fault('upstream-unreachable');
    return password === 'right' ? { token: 't', caller } : fault('unauthorized', 'no');
  });
  const ask = async (user: string, password: string, peer = '10.0.0.1'): Promise<string> => {
    const got = await login({ user, password, project: 'p' }, peer);
    return isFault(got) ? got.kind : 'in';
  };
  return { asked, ask, login };
}

const tries = async (count: number, once: (i: number) => Promise<string>): Promise<string[]> => {
  const got: string[] = [];
  for (let i = 0; i < count; i += 1) got.push(await once(i));
  return got;
};

describe('a hundred wrong passwords', () => {
  it('ask the service ten times for one user at one address', async () => {
    const { asked, ask } = guarded();
    const got = await tries(100, (i) => ask('ann', `w${i}`));
    expect(got).toEqual([...Array(10).fill('unauthorized'), ...Array(90).fill('rate-limited')]);
    expect(asked).toHaveLength(10);
  });

  it('ask the service fifty times for many users at one address', async () => {
    const { asked, ask } = guarded();
    await tries(100, (i) => ask(`user${i}`, 'w'));
    expect(asked).toHaveLength(50);
  });

  // the count is looked at before the question and raised after it
  it('ask the service ten times when they come at once', async () => {
    const { asked, ask } = guarded(5);
    await Promise.all(Array.from({ length: 100 }, (_, i) => ask('ann', `w${i}`)));
    expect(asked.length).toBeLessThanOrEqual(10);
  });

  it('let the user in from elsewhere, and others from here', async () => {
    const { ask } = guarded();
    await tries(100, (i) => ask('ann', `w${i}`));
    expect(await ask('ann', 'right')).toBe('rate-limited');
    expect(await ask('ann', 'right', '10.0.0.2')).toBe('in');
    expect(await ask('bob', 'right')).toBe('in');
  });

  it('for many users keep everybody at that address out, and nobody elsewhere', async () => {
    const { ask } = guarded();
    await tries(100, (i) => ask(`user${i}`, 'w'));
    expect(await ask('bob', 'right')).toBe('rate-limited');
    expect(await ask('bob', 'right', '10.0.0.2')).toBe('in');
  });

  it('are forgotten after the window, which begins with the first', async () => {
    turnClock();
    const { asked, ask } = guarded();
    await ask('ann', 'w');
    await pass(50_000);
    await tries(20, (i) => ask('ann', `w${i}`));
    expect(asked).toHaveLength(10);
    expect(await ask('ann', 'right')).toBe('rate-limited');
    await pass(11_000);
    expect(await ask('ann', 'right')).toBe('in');
  });

  it('that are refused without asking do not lengthen the wait', async () => {
    turnClock();
    const { ask } = guarded();
    await tries(10, (i) => ask('ann', `w${i}`));
    for (let i = 0; i < 12; i += 1) {
      await pass(5_000);
      if (i < 11) expect(await ask('ann', 'right')).toBe('rate-limited');
    }
    await pass(1_000);
    expect(await ask('ann', 'right')).toBe('in');
  });
});

describe('what does not count as a guess', () => {
  it('a right password', async () => {
    const { ask } = guarded();
    expect(new Set(await tries(200, () => ask('ann', 'right')))).toEqual(new Set(['in']));
  });

  it('a service that is not to be had', async () => {
    const { asked, ask } = guarded();
    await tries(100, () => ask('ann', 'down'));
    expect(asked).toHaveLength(100);
    expect(await ask('ann', 'right')).toBe('in');
  });

  it('nine wrong ones before the right one', async () => {
    const { ask } = guarded();
    await tries(9, (i) => ask('ann', `w${i}`));
    expect(await ask('ann', 'right')).toBe('in');
  });
});

it('says how long to wait, and nothing of the user', async () => {
  const { login } = guarded();
  let last: unknown;
  for (let i = 0; i < 11; i += 1) {
    last = await login({ user: 'ann', password: 'w', project: 'p' }, '10.0.0.1');
  }
  expect(last).toMatchObject({ kind: 'rate-limited', detail: { retryAfter: 60 } });
  expect(JSON.stringify(last)).not.toContain('ann');
});

it('is not led astray by names that look like addresses', async () => {
  const { ask } = guarded();
  await tries(60, (i) => ask('\n10.0.0.9', `w${i}`));
  await tries(60, (i) => ask('', `w${i}`, '10.0.0.3'));
  expect(await ask('bob', 'right', '10.0.0.9')).toBe('in');
});
