import { describe, expect, it } from 'vitest';
import { authorized } from '../../src/builder/credential.ts';
import { errorSentence } from '../../src/builder/queue/builds.ts';
import type { Claim } from '../../src/builder/queue/claims.ts';
import { watchClock } from '../../src/builder/queue/clock.ts';
import { nameUuid } from '../../src/builder/queue/name-uuid.ts';
import { nextClaim } from '../../src/builder/queue/next-claim.ts';
import type { Send, UpstreamCall } from '../../src/core/upstream.ts';

const lease = 300;
const now = 10_000;

const claim = (number: number, age: number, released = false): Claim => ({
  id: `id-${number}`,
  build: 'build',
  number,
  beatAt: now - age,
  released,
  project: null,
});

describe('the next claim on a build', () => {
  const old = lease + 1;
  it.each([
    ['is the first where there is none', [], 1],
    ['waits for a holder that lives', [claim(1, lease)], 'held'],
    ['follows a holder that is silent for too long', [claim(1, old)], 2],
    ['follows a holder that gave it back, at once', [claim(1, 0, true)], 2],
    ['looks at the last holder only', [claim(1, old), claim(2, 0)], 'held'],
    ['is none after three deaths', [claim(1, old), claim(2, old), claim(3, old)], 'hopeless'],
    [
      'waits before it counts the third as one',
      [claim(1, old), claim(2, old), claim(3, 0)],
      'held',
    ],
    ['waits a little after a second time', [claim(1, old, true), claim(2, 0, true)], 'held'],
    ['follows a second time after that', [claim(1, old, true), claim(2, lease / 5, true)], 3],
    [
      'waits longer after a third time',
      [claim(1, old, true), claim(2, old, true), claim(3, lease / 5, true)],
      'held',
    ],
    ['is none when it was given back too often', [claim(20, old, true)], 'hopeless'],
    [
      'does not count who gave it back',
      [claim(1, old, true), claim(2, old, true), claim(3, old, true), claim(4, old)],
      5,
    ],
  ] as const)('%s', (_, claims, expected) => {
    expect(nextClaim(claims, now, lease)).toBe(expected);
  });
});

it('a claim has the id that its name gives it', () => {
  // the DNS namespace; the value that every implementation gives
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  expect(nameUuid(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

describe('a build error', () => {
  it.each([
    ['plain words', 'plain words'],
    ['  two\nlines\t\u0000and 🙂 more ', 'two lines and more'],
    ['naïve → ok', 'naïve → ok'],
    ['half \ud83d', 'half �'],
  ])('%j becomes %j', (given, expected) => {
    expect(errorSentence(given)).toBe(expected);
  });

  it('is as long as Nova metadata may be, and no longer', () => {
    expect(errorSentence('x'.repeat(255))).toBe('x'.repeat(255));
    expect(errorSentence('x'.repeat(256))).toBe(`${'x'.repeat(254)}…`);
  });
});

describe('the clock', () => {
  it('is the Image service’s, not this machine’s', async () => {
    const date = 'Wed, 01 Jan 2020 00:00:10 GMT';
    const clock = watchClock(async () => ({ status: 200, headers: { date }, body: null }));
    await clock.send({ method: 'GET', target: '/', headers: {} });
    expect(clock.now() - Date.parse(date)).toBeLessThan(5_000);
  });
});

describe('the worker’s token', () => {
  const call: UpstreamCall = { method: 'GET', target: '/v2/images', headers: { accept: 'a' } };
  /** A service that takes the tokens of a number on. */
  function service(valid: number) {
    const seen: string[] = [];
    const send: Send = async ({ headers }) => {
      seen.push(headers['x-auth-token'] ?? '');
      const number = Number(headers['x-auth-token']?.replace('token-', ''));
      return { status: number >= valid ? 200 : 401, headers: {}, body: null };
    };
    let number = 1;
    const credential = async (fresh: boolean) => {
      if (fresh) number += 1;
      return `token-${number}`;
    };
    return { seen, send: authorized(send, credential) };
  }

  it('goes with every call', async () => {
    const { seen, send } = service(1);
    expect((await send(call)).status).toBe(200);
    expect(seen).toEqual(['token-1']);
  });

  it('is renewed once when it is refused', async () => {
    const { seen, send } = service(2);
    expect((await send(call)).status).toBe(200);
    expect((await send(call)).status).toBe(200);
    expect(seen).toEqual(['token-1', 'token-2', 'token-2']);
    const hopeless = service(9);
    expect((await hopeless.send(call)).status).toBe(401);
    expect(hopeless.seen).toEqual(['token-1', 'token-2']);
  });

  it('is renewed for the next call where data has been streamed already', async () => {
    const { seen, send } = service(2);
    async function* data() {
      yield new Uint8Array(1);
    }
    expect((await send({ ...call, body: data() })).status).toBe(401);
    expect((await send({ ...call, body: data() })).status).toBe(200);
    expect(seen).toEqual(['token-1', 'token-2']);
  });
});
