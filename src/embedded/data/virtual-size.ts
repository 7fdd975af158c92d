import { type HeaderFormat, headerInspector } from './header-inspector.ts';
import type { SizeInspector } from './size-inspector.ts';
import { vhdxInspector } from './vhdx.ts';
import { vmdkInspector } from './vmdk.ts';

function startsWith(header: DataView, text: string): boolean {
  return Array.from(text).every((letter, index) => header.getUint8(index) === letter.charCodeAt(0));
}

/** Formats that keep their virtual size within the first 512 bytes. */
const headerFormats: Readonly<Record<string, HeaderFormat>> = {
  qcow2: {
    matches: (header) => header.getUint32(0) === 0x514649fb,
    size: (header) => header.getBigUint64(24),
  },
  vhd: {
    matches: (header) => startsWith(header, 'conectix'),
    size: (header) => header.getBigUint64(40),
  },
  vdi: {
    matches: (header) => header.getUint32(0x40, true) === 0xbeda107f,
    size: (header) => header.getBigUint64(0x170, true),
  },
};

const unknown: SizeInspector = { see: () => undefined, result: () => null };

function rawInspector(): SizeInspector {
  let total = 0;
  return {
    see: (chunk) => {
      total += chunk.byteLength;
    },
    result: () => total || null,
  };
}

/** Glance looks into bare images only. */
export function sizeInspector(
  diskFormat: string | null,
  containerFormat: string | null,
): SizeInspector {
  if (containerFormat !== 'bare' || diskFormat === null) return unknown;
  if (diskFormat === 'raw') return rawInspector();
  if (diskFormat === 'vmdk') return vmdkInspector();
  if (diskFormat === 'vhdx') return vhdxInspector();
  const format = headerFormats[diskFormat];
  return format === undefined ? unknown : headerInspector(format);
}
