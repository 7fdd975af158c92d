import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fields, statuses } from '../../mappings/glance-v1.ts';
import type { CodecName, FieldRow } from '../../mappings/rows.ts';
import { createCodecs } from '../../src/core/codecs.ts';
import type { Scalar } from '../../src/core/image.ts';
import { compileLens } from '../../src/core/lens.ts';
import { shownValue, storedValue } from '../../src/dialects/glance-v1/property-names.ts';
import { imageOf } from './images.ts';

const codecs = createCodecs(statuses);
const names = [
  ...new Set(fields.flatMap((row): CodecName[] => ('codec' in row ? [row.codec] : []))),
];

const second = fc
  .date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 19));
const nullable = (values: fc.Arbitrary<Scalar>): fc.Arbitrary<Scalar> =>
  fc.option(values, { nil: null });

/** What the dialect itself would show: the values for which nothing may get lost. */
const canonical: Readonly<Partial<Record<CodecName, fc.Arbitrary<Scalar>>>> = {
  text: nullable(fc.string({ minLength: 1 })),
  verbatim: nullable(fc.string()),
  count: fc.nat(),
  bytes: fc.maxSafeNat(),
  'bytes-or-null': nullable(fc.maxSafeNat()),
  flag: fc.boolean(),
  'is-public': fc.boolean(),
  'micro-time': second.map((text) => `${text}.000000`),
  status: fc.constantFrom(...statuses.map((row) => row.legacy)),
};

const anything: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

function canonicalOf(name: CodecName): fc.Arbitrary<Scalar> {
  const values = canonical[name];
  if (!values) throw new TypeError(`no values for ${name}`);
  return values;
}

describe.each(names)('the codec %s', (name) => {
  const codec = codecs[name];
  const values = canonicalOf(name);

  it('reads what it has written as the same value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(codec.read(codec.write(value))).toBe(value);
      }),
    );
  });

  it('writes the same again after reading what it wrote', () => {
    fc.assert(
      fc.property(values, (value) => {
        const written = codec.write(value);
        expect(codec.write(codec.read(written))).toBe(written);
      }),
    );
  });

  it('takes any value without throwing', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(codec.read(value)).not.toBeUndefined();
        expect(codec.write(value)).not.toBeUndefined();
      }),
    );
  });
});

describe('the lens of glance-v1', () => {
  const rows: readonly FieldRow[] = fields;
  const lens = compileLens(fields, codecs);
  const both = rows.filter((row) => row.dir === 'both');

  it.each(both)('shows $legacy as it was written', ({ legacy, codec }) => {
    fc.assert(
      fc.property(canonicalOf(codec ?? 'verbatim'), (value) => {
        // an id is there always
        if (legacy === 'id' && !value) return;
        const [v2 = '', written] = lens.write(legacy ?? '', value) ?? [];
        expect(lens.show(imageOf({ [v2]: written }))[legacy ?? '']).toBe(value);
      }),
    );
  });

  it('writes each field to a place of its own', () => {
    const places = both.map((row) => lens.write(row.legacy ?? '', null)?.[0]);
    expect(new Set(places).size).toBe(both.length);
  });

  it('refuses a table that names an unknown codec', () => {
    const wrong = [{ legacy: 'a', v2: 'name', dir: 'read', codec: 'nonsense', why: '' }];
    expect(() => compileLens(wrong as unknown as FieldRow[], codecs)).toThrow(TypeError);
  });

  it('refuses to pick a field that is not shown', () => {
    expect(() => lens.pick(['location'])).toThrow(TypeError);
  });
});

describe('a property value', () => {
  it('comes back as it was, empty ones as null', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), fc.constantFrom('a', 'kernel_id'), (value, name) => {
        expect(shownValue(storedValue(name, value))).toBe(value || null);
      }),
    );
  });

  it('is never null in Glance but where its schema takes null', () => {
    expect(storedValue('colour', null)).toBe('');
    expect(storedValue('kernel_id', null)).toBeNull();
    expect(storedValue('ramdisk_id', null)).toBeNull();
  });
});
