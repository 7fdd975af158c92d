/** Keeps the beginning of data that passes by in pieces. */
export class Prefix {
  #bytes: Uint8Array<ArrayBuffer>;
  #filled = 0;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
  }

  /** Takes what it still needs of a piece, which must be the next one, and gives the rest back. */
  take(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, this.#bytes.byteLength - this.#filled);
    this.#bytes.set(part, this.#filled);
    this.#filled += part.byteLength;
    return chunk.subarray(part.byteLength);
  }

  get complete(): boolean {
    return this.#filled === this.#bytes.byteLength;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  get view(): DataView {
    return new DataView(this.#bytes.buffer);
  }

  /** Asks for more of the beginning; what was taken stays. */
  extend(length: number): void {
    const longer = new Uint8Array(length);
    longer.set(this.#bytes);
    this.#bytes = longer;
  }
}
