import { describe, expect, it } from 'vitest';
import { sizeInspector } from '../../src/embedded/data/virtual-size.ts';

const empty = new Uint8Array(0);

function bytes(length: number, fill: (view: DataView) => void): Uint8Array {
  const data = new Uint8Array(length);
  fill(new DataView(data.buffer));
  return data;
}

function text(view: DataView, offset: number, value: string): void {
  for (const [index, letter] of Array.from(value).entries()) {
    view.setUint8(offset + index, letter.charCodeAt(0));
  }
}

const qcow2 = bytes(600, (view) => {
  view.setUint32(0, 0x514649fb);
  view.setBigUint64(24, 123456789n);
});
const vhd = bytes(600, (view) => {
  text(view, 0, 'conectix');
  view.setBigUint64(40, 987654n);
});
const vdi = bytes(600, (view) => {
  view.setUint32(0x40, 0xbeda107f, true);
  view.setBigUint64(0x170, 5555n, true);
});
const vmdk = (type: string) =>
  bytes(3000, (view) => {
    text(view, 0, 'KDMV');
    view.setUint32(4, 1, true);
    view.setBigUint64(12, 777n, true);
    view.setBigUint64(28, 1n, true);
    view.setBigUint64(36, 2n, true);
    text(view, 512, `# Disk\ncreateType="${type}"\n`);
  });

/** A GUID as Microsoft writes it: the first three groups little-endian. */
function guid(view: DataView, offset: number, value: string): void {
  const [a = '', b = '', c = '', ...rest] = value.split('-');
  view.setUint32(offset, Number.parseInt(a, 16), true);
  view.setUint16(offset + 4, Number.parseInt(b, 16), true);
  view.setUint16(offset + 6, Number.parseInt(c, 16), true);
  const tail = rest.join('').match(/../g) ?? [];
  for (const [index, byte] of tail.entries()) {
    view.setUint8(offset + 8 + index, Number.parseInt(byte, 16));
  }
}

const vhdx = bytes(1_200_000, (view) => {
  const [table, metadata] = [192 * 1024, 1024 * 1024];
  text(view, 0, 'vhdxfile');
  text(view, table, 'regi');
  view.setUint32(table + 8, 2, true);
  guid(view, table + 16, '2DC27766-F623-4200-9D64-115E9BFD4A08');
  guid(view, table + 48, '8B7CA206-4790-4B9A-B8FE-575F050F886E');
  view.setBigUint64(table + 64, BigInt(metadata), true);
  text(view, metadata, 'metadata');
  view.setUint16(metadata + 10, 2, true);
  guid(view, metadata + 32, 'CAA16737-FA36-4D43-B3B6-33F0AA44E76B');
  guid(view, metadata + 64, '2FA54224-CD1B-4876-B211-5DBED83BF4B8');
  view.setUint32(metadata + 80, 0x10000, true);
  view.setBigUint64(metadata + 0x10000, 424242n, true);
});

/** The size found when the data comes in pieces of `step` bytes. */
function found(format: string, data: Uint8Array, step: number, container = 'bare'): number | null {
  const inspector = sizeInspector(format, container);
  for (let offset = 0; offset < data.byteLength; offset += step) {
    inspector.see(data.subarray(offset, offset + step));
  }
  return inspector.result();
}

describe('the virtual size', () => {
  it.each([
    ['raw', qcow2, 600],
    ['raw', empty, null],
    ['qcow2', qcow2, 123456789],
    ['qcow2', qcow2.subarray(0, 100), null],
    ['qcow2', vhd, null],
    ['vhd', vhd, 987654],
    ['vdi', vdi, 5555],
    ['vmdk', vmdk('monolithicSparse'), 777 * 512],
    ['vmdk', vmdk('streamOptimized'), 777 * 512],
    ['vmdk', vmdk('monolithicFlat'), null],
    ['vmdk', vmdk('monolithicSparse').subarray(0, 1000), null],
    ['vmdk', qcow2, null],
    ['iso', qcow2, null],
  ])('of %s data (%#)', (format, data, size) => {
    for (const step of [1, 7, 512, 4096]) expect(found(format, data, step)).toBe(size);
  });

  it('of VHDX data is followed through its tables', () => {
    for (const step of [997, 65_536, 2_000_000]) {
      expect(found('vhdx', vhdx, step)).toBe(424242);
      expect(found('vhdx', vhdx.subarray(0, 1_100_000), step)).toBeNull();
      expect(found('vhdx', vhdx.subarray(8), step)).toBeNull();
    }
  });

  it('is looked for in bare images only', () => {
    expect(found('qcow2', qcow2, 64, 'ovf')).toBeNull();
  });
});
