import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Most entries kept. */
const most = 10_000;

/** How much all entries may take together, and how much one takes. */
export interface Room<Value> {
  readonly size: number;
  readonly sizeOf: (value: Value) => number;
}

export interface KeyedCacheOptions<Value> {
  readonly room?: Room<Value>;
  /** Whether equal questions at the same time are asked once; else each is asked. */
  readonly joins?: boolean;
}

/**
 * What secrets lead to, by a keyed hash: the secret itself is nowhere in memory, and a dump of the cache tells nothing.
 * Bounded in number; every entry has a life of its own, measured by a clock that never jumps.
 */
export class KeyedCache<Value extends object> {
  readonly #key = randomBytes(32);
  readonly #entries: LRUCache<string, Value>;
  readonly #running = new Map<string, Promise<Value | undefined>>();
  /** Counts how often everything was forgotten. */
  #age = 0;

  readonly #joins: boolean;

  constructor({ room, joins = true }: KeyedCacheOptions<Value> = {}) {
    this.#joins = joins;
    this.#entries = new LRUCache({
      max: most,
      ...(room && { maxSize: room.size, sizeCalculation: room.sizeOf }),
    });
  }

  #name(parts: readonly string[]): string {
    const hash = createHmac('sha256', this.#key);
    // lengths keep ("a", "bc") apart from ("ab", "c")
    for (const part of parts) hash.update(`${part.length}:`).update(part);
    return hash.digest('base64');
  }

  peek(...secret: readonly string[]): Value | undefined {
    return this.#entries.get(this.#name(secret));
  }

  /** The kept value, or what `ask` gives; `undefined` and failures are not kept. */
  async find(
    secret: readonly string[],
    ask: () => Promise<{ readonly value: Value; readonly life: number } | undefined>,
  ): Promise<Value | undefined> {
    const name = this.#name(secret);
    const kept = this.#entries.get(name);
    if (kept) return kept;
    const running = this.#running.get(name);
    if (running) return running;
    const age = this.#age;
    const asking = (async () => {
      const found = await ask();
      // an answer to a question from before everything was forgotten is as old as that
      if (found && found.life > 0 && age === this.#age) {
        this.#entries.set(name, found.value, { ttl: found.life });
      }
      return found?.value;
    })();
    if (this.#joins) this.#running.set(name, asking);
    try {
      return await asking;
    } finally {
      if (this.#running.get(name) === asking) this.#running.delete(name);
    }
  }

  /** Forgets everything; what is being asked just now is neither kept nor waited for by anybody else. */
  clear(): void {
    this.#age += 1;
    this.#entries.clear();
    this.#running.clear();
  }

  drop(...secret: readonly string[]): void {
    this.#entries.delete(this.#name(secret));
  }
}
