import { inspect } from 'node:util';
import { getHeapSnapshot } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { Identities, Login } from '../../src/core/identity.ts';
import { createKeystone } from '../../src/identity/keystone.ts';
import { limitLogin } from '../../src/identity/login-limiter.ts';
import { tokenDocument } from '../fixtures/scripted-keystone.ts';

/** Letters that are in no source text and, as bytes, in no string of this process. */
const bytesOf = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 24 }, (_, i) => 97 + ((seed * (i + 7) * 31 + i * i * 17) % 26));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Whether a string is anywhere in the memory that the collector keeps. */
async function inMemory(...needles: readonly Uint8Array[]): Promise<readonly boolean[]> {
  const found = needles.map(() => false);
  let rest = Buffer.alloc(0);
  for await (const chunk of getHeapSnapshot()) {
    const block = Buffer.concat([rest, chunk as Uint8Array]);
    for (const [i, needle] of needles.entries()) found[i] ||= block.includes(Buffer.from(needle));
    rest = Buffer.from(block.subarray(-64));
  }
  return found;
}

interface Service {
  readonly identities: Identities;
  readonly login: Login;
  readonly limited: ReturnType<typeof limitLogin>;
}

function service(): Service {
  const keystone = createKeystone(
    async ({ method }) => ({
      status: method === 'POST' ? 201 : 200,
      headers: { 'x-subject-token': 'issued' },
      body: JSON.stringify(tokenDocument('ann', 'lab', 3_600_000)),
    }),
    { keepFor: 300_000, domain: 'Default' },
  );
  return { ...keystone, limited: limitLogin(keystone.login) };
}

describe('a secret that is kept', () => {
  it('as a password or a token is nowhere in memory afterwards', async () => {
    const kept = service();
    const held = bytesOf(11);
    const control = { text: textOf(held) };
    const [password, token] = [bytesOf(5), bytesOf(3)];
    // of its own, so that nothing of it is left on the stack
    await (async () => {
      await kept.limited({ user: 'ann', password: textOf(password), project: 'lab' }, '10.0.0.1');
      await kept.identities.find(textOf(token));
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [controlSeen, passwordSeen, tokenSeen] = await inMemory(held, password, token);
    expect(controlSeen, 'what is held must be seen').toBe(true);
    expect(control.text).toHaveLength(24);
    expect(passwordSeen, 'password').toBe(false);
    expect(tokenSeen, 'token').toBe(false);
    expect(kept.identities.peek(textOf(token))).toBeDefined();
  }, 120_000);

  it('is in no property of anything that the client gives', async () => {
    const kept = service();
    const session = await kept.login({ user: 'ann', password: 'p4ssw0rd', project: 'lab' });
    await kept.identities.find('t0k3n');
    const seen = new Set<unknown>();
    const walk = (value: unknown): void => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
        expect(String(value)).not.toMatch(/p4ssw0rd|t0k3n/);
        return;
      }
      if (seen.has(value)) return;
      seen.add(value);
      for (const key of Reflect.ownKeys(value)) {
        expect(String(key)).not.toMatch(/p4ssw0rd|t0k3n/);
        const own = Object.getOwnPropertyDescriptor(value, key);
        if (own && 'value' in own) walk(own.value);
      }
      walk(Object.getPrototypeOf(value));
    };
    walk(kept);
    walk(session);
    expect(seen.size).toBeGreaterThan(5);
    const dump = inspect({ kept, session }, { showHidden: true, depth: 20, getters: true });
    expect(dump).not.toMatch(/p4ssw0rd|t0k3n/);
  });
});
