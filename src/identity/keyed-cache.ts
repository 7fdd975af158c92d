import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Most entries kept. */
const most = 10_000;

/**
 * What secrets lead to, by a keyed hash: the secret itself is nowhere in memory, and a dump of the cache tells nothing.
 * Bounded in number; every entry has a life of its own, measured by a clock that never jumps.
 */
export class KeyedCache<Value extends object> {
  readonly #key = randomBytes(32);
  readonly #entries = new LRUCache<string, Value>({ max: most });
  readonly #running = new Map<string, Promise<Value | undefined>>();

  #name(parts: readonly string[]): string {
    const hash = createHmac('sha256', this.#key);
    // lengths keep ("a", "bc") apart from ("ab", "c")
    for (const part of parts) hash.update(`${part.length}:`).update(part);
    return hash.digest('base64');
  }

  peek(...secret: readonly string[]): Value | undefined {
    return this.#entries.get(this.#name(secret));
  }

  /** The kept value, or what `ask` gives: equal questions at the same time are asked once; `undefined` and failures are not kept. */
  async find(
    secret: readonly string[],
    ask: () => Promise<{ readonly value: Value; readonly life: number } | undefined>,
  ): Promise<Value | undefined> {
    const name = this.#name(secret);
    const kept = this.#entries.get(name);
    if (kept) return kept;
    const running = this.#running.get(name);
    if (running) return running;
    const asking = (async () => {
      const found = await ask();
      if (found && found.life > 0) this.#entries.set(name, found.value, { ttl: found.life });
      return found?.value;
    })();
    this.#running.set(name, asking);
    try {
      return await asking;
    } finally {
      this.#running.delete(name);
    }
  }

  drop(...secret: readonly string[]): void {
    this.#entries.delete(this.#name(secret));
  }
}
