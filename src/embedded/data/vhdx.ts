import type { SizeInspector } from './size-inspector.ts';

const regionTable = { offset: 192 * 1024, length: 64 * 1024 };
const longestTable = 64 * 1024;
const entryLength = 32;
const metadataRegion = '8b7ca206-4790-4b9a-b8fe-575f050f886e';
const virtualDiskSize = '2fa54224-cd1b-4876-b211-5dbed83bf4b8';

/** A stretch of the data that is kept while all of it passes by. */
class Stretch {
  readonly offset: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #filled = 0;

  constructor(offset: number, length: number) {
    this.offset = offset;
    this.#bytes = new Uint8Array(length);
  }

  /** Takes what it needs of a piece that begins at `position` of the data. */
  take(chunk: Uint8Array, position: number): void {
    const from = this.offset + this.#filled - position;
    if (from < 0 || from >= chunk.byteLength) return;
    const part = chunk.subarray(from, from + this.#bytes.byteLength - this.#filled);
    this.#bytes.set(part, this.#filled);
    this.#filled += part.byteLength;
  }

  get complete(): boolean {
    return this.#filled === this.#bytes.byteLength;
  }

  get view(): DataView {
    return new DataView(this.#bytes.buffer);
  }
}

function hex(view: DataView, offset: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, offset, length);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function guidAt(view: DataView, offset: number): string {
  const number = (at: number, bytes: 2 | 4): string =>
    (bytes === 4 ? view.getUint32(at, true) : view.getUint16(at, true))
      .toString(16)
      .padStart(bytes * 2, '0');
  const first = `${number(offset, 4)}-${number(offset + 4, 2)}-${number(offset + 6, 2)}`;
  return `${first}-${hex(view, offset + 8, 2)}-${hex(view, offset + 10, 6)}`;
}

/** Where the entry with this GUID begins, among `count` entries from `first` on. */
function findEntry(view: DataView, first: number, count: number, guid: string): number | undefined {
  for (let index = 0; index < Math.min(count, 2047); index += 1) {
    const offset = first + index * entryLength;
    if (offset + entryLength > view.byteLength) return undefined;
    if (guidAt(view, offset) === guid) return offset;
  }
  return undefined;
}

function metadataOf(regions: DataView): Stretch | undefined {
  if (regions.getUint32(0) !== 0x72656769) return undefined;
  const entry = findEntry(regions, 16, regions.getUint32(8, true), metadataRegion);
  if (entry === undefined) return undefined;
  return new Stretch(Number(regions.getBigUint64(entry + 16, true)), longestTable);
}

function sizeOf(metadata: Stretch): Stretch | undefined {
  const { view } = metadata;
  if (view.getBigUint64(0) !== 0x6d65746164617461n) return undefined;
  const entry = findEntry(view, 32, view.getUint16(10, true), virtualDiskSize);
  if (entry === undefined) return undefined;
  return new Stretch(metadata.offset + view.getUint32(entry + 16, true), 8);
}

/** Follows a VHDX from its region table by way of the metadata to the size; all lie in this order. */
export function vhdxInspector(): SizeInspector {
  const ident = new Stretch(0, 8);
  const regions = new Stretch(regionTable.offset, regionTable.length);
  let metadata: Stretch | undefined;
  let size: Stretch | undefined;
  let position = 0;
  return {
    see: (chunk) => {
      ident.take(chunk, position);
      if (!regions.complete) {
        regions.take(chunk, position);
        if (regions.complete) metadata = metadataOf(regions.view);
      }
      if (metadata !== undefined && !metadata.complete) {
        metadata.take(chunk, position);
        if (metadata.complete) size = sizeOf(metadata);
      }
      size?.take(chunk, position);
      position += chunk.byteLength;
    },
    result: () => {
      const isVhdx = ident.complete && hex(ident.view, 0, 8) === '7668647866696c65';
      if (!isVhdx || size?.complete !== true) return null;
      return Number(size.view.getBigUint64(0, true)) || null;
    },
  };
}
