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

  it('is looked for in bare images only', () => {
    expect(found('qcow2', qcow2, 64, 'ovf')).toBeNull();
  });
});
