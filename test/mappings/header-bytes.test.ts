import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeaderLines } from '../../src/platform/node/header-bytes.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what can be in no header
const unwritable = /[\x00-\x08\x0a-\x1f\x7f]/g;
const text = fc.string({ unit: 'grapheme' });

function encode(value: string): string {
  return encodeHeaderLines([['x-image-meta-name', value]]).lines[1] ?? '';
}

describe('a header value', () => {
  it('survives being written and read, whatever its characters', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(decodeHeader(encode(value))).toBe(value.replace(unwritable, ' '));
      }),
    );
  });

  it('is on the wire the UTF-8 of its text', () => {
    expect(Buffer.from(encode('Größe ✓'), 'latin1').toString('utf8')).toBe('Größe ✓');
  });

  it('never breaks a line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what can be in no header
        expect(encode(value)).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f]/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: a header has bytes only
        expect(encode(value)).toMatch(/^[\x00-\xff]*$/);
      }),
    );
  });

  it('that is not UTF-8 is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const raw = Buffer.from(bytes).toString('latin1');
        const decoded = decodeHeader(raw);
        const valid = Buffer.from(bytes).equals(Buffer.from(Buffer.from(bytes).toString('utf8')));
        if (valid) expect(decoded).toBeTypeOf('string');
        else expect(decoded).toBeUndefined();
      }),
    );
    expect(decodeHeader('\xff')).toBeUndefined();
    expect(decodeHeader('\xc3')).toBeUndefined();
  });

  it('of plain text is itself', () => {
    expect(encodeHeaderLines([['a', 'b']])).toEqual({ lines: ['a', 'b'], ascii: true });
    expect(encodeHeaderLines([['a', 'é']]).ascii).toBe(false);
  });
});
