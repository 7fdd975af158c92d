import { crc32 } from 'node:zlib';
import { LRUCache } from 'lru-cache';

/** Most values kept. */
const most = 4096;
/** How many texts are noticed as having been there, before anything of them is kept. */
const noticed = 1024;

interface Kept<Value> {
  readonly text: string;
  readonly value: Value;
}

/** What many will be given must be nobody's to change: the value and what it holds. */
function frozen<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) Object.freeze(part);
  return Object.freeze(value);
}

/**
 * Reads texts, and gives the same value again for the same text: whole texts are compared, so a value never stands for
 * another text than its own. Keeps what has come twice, up to `size` characters of text, the longest unused forgotten first.
 */
export class Recall<Value extends object> {
  readonly #read: (text: string) => Value | undefined;
  readonly #kept: LRUCache<number, Kept<Value>>;
  readonly #seen = new Uint32Array(noticed);

  constructor(size: number, read: (text: string) => Value | undefined) {
    this.#read = read;
    this.#kept = new LRUCache({
      max: most,
      maxSize: size,
      sizeCalculation: ({ text }) => text.length,
    });
  }

  /** What the text says; `undefined` when it cannot be read. */
  read(text: string): Value | undefined {
    // a checksum costs a tenth of what any digest does; that it is the same text is looked at below
    const mark = crc32(text);
    const kept = this.#kept.get(mark);
    if (kept?.text === text) return kept.value;
    const value = this.#read(text);
    const place = mark % noticed;
    // most answers never come again: only those that do are worth their memory
    if (this.#seen[place] !== mark) this.#seen[place] = mark;
    else if (value) this.#kept.set(mark, { text, value: frozen(value) });
    return value;
  }
}
