import { Prefix } from './prefix.ts';
import type { SizeInspector } from './size-inspector.ts';

/** Where a format keeps its magic bytes and its virtual size, within the first 512 bytes. */
export interface HeaderFormat {
  readonly matches: (header: DataView) => boolean;
  readonly size: (header: DataView) => bigint;
}

/** Looks for a virtual size in the header only. */
export function headerInspector(format: HeaderFormat): SizeInspector {
  const header = new Prefix(512);
  return {
    see: (chunk) => void header.take(chunk),
    result: () => {
      if (!header.complete || !format.matches(header.view)) return null;
      return Number(format.size(header.view)) || null;
    },
  };
}
