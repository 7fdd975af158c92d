import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KeyedCache } from '../../src/glance/keyed-cache.ts';

interface Held {
  readonly n: number;
}

/** Moves the clock that entries age by, on top of what really passes. */
let shift = 0;
function turnClock(): void {
  shift = 0;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + shift);
}
/** Entries look at the clock at most once a millisecond. */
const pass = async (ms: number): Promise<void> => {
  shift += ms;
  await new Promise((resolve) => setTimeout(resolve, 5));
};
afterEach(() => vi.restoreAllMocks());

const give = (n: number, life = 1000) => vi.fn(async () => ({ value: { n } as Held, life }));

describe('what is kept', () => {
  it('is not asked for again while it lives', async () => {
    turnClock();
    const cache = new KeyedCache<Held>();
    const ask = give(1, 1000);
    expect(await cache.find(['secret'], ask)).toEqual({ n: 1 });
    await pass(900);
    expect(await cache.find(['secret'], ask)).toEqual({ n: 1 });
    expect(cache.peek('secret')).toEqual({ n: 1 });
    expect(ask).toHaveBeenCalledTimes(1);
    await pass(200);
    expect(cache.peek('secret')).toBeUndefined();
    await cache.find(['secret'], ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('does not live longer for being used', async () => {
    turnClock();
    const cache = new KeyedCache<Held>();
    const ask = give(1, 1000);
    for (let i = 0; i < 11; i += 1) {
      await cache.find(['secret'], ask);
      cache.peek('secret');
      await pass(100);
    }
    await cache.find(['secret'], ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('has a life of its own', async () => {
    turnClock();
    const cache = new KeyedCache<Held>();
    await cache.find(['short'], give(1, 100));
    await cache.find(['long'], give(2, 10_000));
    await pass(500);
    expect([cache.peek('short'), cache.peek('long')]).toEqual([undefined, { n: 2 }]);
  });

  it('does not change when the wall clock jumps', async () => {
    const cache = new KeyedCache<Held>();
    await cache.find(['secret'], give(1, 10_000));
    for (const at of [0, 4_102_444_800_000]) {
      vi.spyOn(Date, 'now').mockReturnValue(at);
      expect(cache.peek('secret')).toEqual({ n: 1 });
    }
  });

  it('ends when it is dropped', async () => {
    const cache = new KeyedCache<Held>();
    await cache.find(['a', 'b'], give(1));
    cache.drop('a');
    cache.drop('ab');
    expect(cache.peek('a', 'b')).toEqual({ n: 1 });
    cache.drop('a', 'b');
    expect(cache.peek('a', 'b')).toBeUndefined();
  });

  it('is bounded in number; what was used longest ago goes first', async () => {
    const cache = new KeyedCache<Held>();
    for (let i = 0; i < 10_000; i += 1) await cache.find([`s${i}`], give(i, 60_000));
    expect(cache.peek('s0')).toEqual({ n: 0 });
    for (let i = 0; i < 100; i += 1) await cache.find([`more${i}`], give(i, 60_000));
    let kept = 0;
    for (let i = 0; i < 10_000; i += 1) if (cache.peek(`s${i}`)) kept += 1;
    expect(kept).toBe(9_900);
    expect(cache.peek('s0')).toBeDefined();
    expect(cache.peek('s1')).toBeUndefined();
  });
});

describe('what is not kept', () => {
  it.each([0, -1, -3_600_000, Number.NaN])('a value with %d ms to live', async (life) => {
    const cache = new KeyedCache<Held>();
    const ask = give(1, life);
    expect(await cache.find(['secret'], ask)).toEqual({ n: 1 });
    expect(cache.peek('secret')).toBeUndefined();
    await cache.find(['secret'], ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('nothing', async () => {
    const cache = new KeyedCache<Held>();
    const ask = vi.fn(async () => undefined);
    expect(await cache.find(['secret'], ask)).toBeUndefined();
    expect(await cache.find(['secret'], ask)).toBeUndefined();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('a failure, and not for those who joined it either', async () => {
    const cache = new KeyedCache<Held>();
    const fail = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Error('down');
    });
    const all = await Promise.allSettled([1, 2, 3].map(() => cache.find(['secret'], fail)));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(fail).toHaveBeenCalledTimes(1);
    expect(await cache.find(['secret'], give(7))).toEqual({ n: 7 });
  });

  it('a failure that comes at once', async () => {
    const cache = new KeyedCache<Held>();
    const fail = () => {
      throw new Error('at once');
    };
    await expect(cache.find(['secret'], fail)).rejects.toThrow('at once');
    expect(await cache.find(['secret'], give(7))).toEqual({ n: 7 });
  });
});

describe('questions', () => {
  it('that are equal and at the same time are asked once', async () => {
    const cache = new KeyedCache<Held>();
    let answerNow: (value: { value: Held; life: number }) => void = () => undefined;
    const ask = vi.fn(
      () =>
        new Promise<{ value: Held; life: number }>((resolve) => {
          answerNow = resolve;
        }),
    );
    const all = Array.from({ length: 50 }, () => cache.find(['u', 'p'], ask));
    expect(ask).toHaveBeenCalledTimes(1);
    answerNow({ value: { n: 1 }, life: 1000 });
    expect(new Set(await Promise.all(all)).size).toBe(1);
  });

  it('are each asked where they may not wait for one another', async () => {
    const cache = new KeyedCache<Held>({ joins: false });
    const never = vi.fn(() => new Promise<never>(() => undefined));
    void cache.find(['secret'], never);
    expect(await cache.find(['secret'], give(7))).toEqual({ n: 7 });
    expect(never).toHaveBeenCalledTimes(1);
  });

  it('that differ are asked each', async () => {
    const cache = new KeyedCache<Held>();
    const ask = give(1);
    await Promise.all([['a'], ['b'], ['a', 'b']].map((secret) => cache.find(secret, ask)));
    expect(ask).toHaveBeenCalledTimes(3);
  });
});

describe('secrets', () => {
  it('that are divided otherwise are others', async () => {
    const cache = new KeyedCache<Held>();
    await cache.find(['a', 'bc'], give(1));
    for (const other of [['ab', 'c'], ['abc'], ['a', 'b', 'c'], ['', 'abc'], ['a', 'bc', '']]) {
      expect([other, cache.peek(...other)]).toEqual([other, undefined]);
    }
  });

  it('lead to one value only', async () => {
    const part = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('', '1:', '2:a', ':', '0:', '\u0000', 'ü', '中', '1:a1:b'),
    );
    const secret = fc.array(part, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(secret, secret, async (one, other) => {
        const cache = new KeyedCache<Held>();
        await cache.find(one, give(1));
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(cache.peek(...other)).toEqual(same ? { n: 1 } : undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it('are nowhere in it, and no two caches look alike', async () => {
    const canary = `CANARY-${Math.random()}`;
    const caches = [new KeyedCache<Held>(), new KeyedCache<Held>()];
    for (const cache of caches) await cache.find(['user', canary], give(1));
    for (const cache of caches) {
      expect(inspect(cache, { showHidden: true, depth: Number.POSITIVE_INFINITY })).not.toContain(
        'CANARY',
      );
    }
  });
});
