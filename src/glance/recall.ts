import { LRUCache } from 'lru-cache';

/** Most values kept. */
const most = 4096;
/** How many texts are noticed as having been there, before anything of them is kept. */
const noticed = 1024;
/** How many characters of a text make up its mark. */
const samples = 256;

interface Kept<Value> {
  readonly text: string;
  readonly value: Value;
}

/** A number that different texts seldom share: their length and characters spread over them. */
function markOf(text: string): number {
  const step = Math.ceil(text.length / samples);
  let mark = text.length;
  for (let at = 0; at < text.length; at += step) {
    mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193);
  }
  return mark;
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
  readonly #seen = new Int32Array(noticed);

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
    const mark = markOf(text);
    const kept = this.#kept.get(mark);
    if (kept?.text === text) return kept.value;
    const value = this.#read(text);
    const place = mark & (noticed - 1);
    // most answers never come again: only those that do are worth their memory
    if (this.#seen[place] !== mark) this.#seen[place] = mark;
    else if (value) this.#kept.set(mark, { text, value: frozen(value) });
    return value;
  }
}
