import { Prefix } from './prefix.ts';
import type { SizeInspector } from './size-inspector.ts';

const headerLength = 512;
const longestDescriptor = 2 ** 20 - 1;
const tablesAtEnd = 2n ** 64n - 1n;
const sparseTypes = new Set(['monolithicSparse', 'streamOptimized']);

/** Bytes of the descriptor that follows the header; `undefined` for a variant that is not read. */
function descriptorLength(header: DataView): number | undefined {
  const version = header.getUint32(4, true);
  if (header.getUint32(0) !== 0x4b444d56 || version < 1 || version > 3) return undefined;
  if (header.getBigUint64(56, true) === tablesAtEnd) return undefined;
  if (header.getBigUint64(28, true) !== 1n) return undefined;
  return Math.min(Number(header.getBigUint64(36, true)) * 512, longestDescriptor);
}

/** Reads the capacity of a sparse VMDK, if its descriptor says that it is one. */
export function vmdkInspector(): SizeInspector {
  const prefix = new Prefix(headerLength);
  let length: number | undefined;
  return {
    see: (chunk) => {
      const rest = prefix.take(chunk);
      if (!prefix.complete || length !== undefined) return;
      length = descriptorLength(prefix.view) ?? 0;
      prefix.extend(headerLength + length);
      prefix.take(rest);
    },
    result: () => {
      if (length === undefined || length === 0 || !prefix.complete) return null;
      const text = new TextDecoder('latin1').decode(prefix.bytes.subarray(headerLength));
      const type = /createType="([^"]{0,63})"/.exec(text)?.[1];
      if (type === undefined || !sparseTypes.has(type)) return null;
      return Number(prefix.view.getBigUint64(12, true)) * 512 || null;
    },
  };
}
