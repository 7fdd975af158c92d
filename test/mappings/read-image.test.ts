import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glanceFields } from '../../mappings/glance-image.ts';
import { isBaseField, readImage } from '../../src/core/image.ts';
import { fullView } from '../../src/dialects/glance-v1/lens.ts';
import { fieldNames, imageDocument, imageOf } from './images.ts';

const json = fc.jsonValue();
const overridden = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...fieldNames, '__proto__', 'constructor', 'hasOwnProperty'),
    fc.string(),
  ),
  json,
);

/** Own keys, `__proto__` included. */
function document(given: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify({ ...imageDocument(), ...given }));
}

describe('an image of Glance', () => {
  it('is read or refused, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.oneof(json, overridden.map(document)), (value) => {
        const image = readImage(value);
        if (image === undefined) return;
        for (const [name, field] of Object.entries(image.base)) {
          expect(field, name).not.toBeUndefined();
        }
        for (const [name, property] of image.properties) {
          expect(isBaseField(name)).toBe(false);
          expect(property === null || typeof property === 'string').toBe(true);
        }
      }),
    );
  });

  it('shows in v1 no undefined member, whatever the JSON', () => {
    fc.assert(
      fc.property(overridden.map(document), (value) => {
        const image = readImage(value);
        if (image === undefined) return;
        for (const field of Object.values(fullView(image))) expect(field).not.toBeUndefined();
      }),
    );
  });

  it('keeps every additional property, in its order', () => {
    const properties = fc.dictionary(
      fc.string().filter((name) => !isBaseField(name) && !/^\d+$/.test(name)),
      fc.string(),
    );
    fc.assert(
      fc.property(properties, (given) => {
        const image = readImage(document(given));
        expect([...(image?.properties ?? [])]).toEqual(
          Object.entries(JSON.parse(JSON.stringify(given))),
        );
      }),
    );
  });

  it('has a property called __proto__ like any other', () => {
    const image = readImage(
      JSON.parse(`{"__proto__": "x", ${JSON.stringify(imageDocument()).slice(1)}`),
    );
    expect(image?.properties.get('__proto__')).toBe('x');
    const shown = JSON.stringify(image && fullView(image));
    expect(JSON.parse(shown).properties).toEqual(JSON.parse('{"__proto__": "x"}'));
  });

  it.each(['id', 'status', 'visibility', 'created_at', 'updated_at'])(
    'is none without %s',
    (name) => {
      const { [name]: _, ...rest } = imageDocument() as Record<string, unknown>;
      expect(readImage(rest)).toBeUndefined();
    },
  );

  it.each(glanceFields)('is none when $name is of another type than $type', ({ name, type }) => {
    const wrong = type.startsWith('string') || type === 'time' ? 1 : 'text';
    expect(readImage(imageDocument({ [name]: wrong }))).toBeUndefined();
  });

  it.each([null, undefined, 1, 'text', [], [imageDocument()]])('is not %j', (value) => {
    expect(readImage(value)).toBeUndefined();
  });

  it('takes null for what Glance has not set', () => {
    const { base } = imageOf({
      size: null,
      min_ram: null,
      min_disk: null,
      name: null,
      owner: null,
    });
    expect(base).toMatchObject({ size: null, min_ram: 0, min_disk: 0, name: null, owner: null });
  });

  it('leaves out additions that are no texts', () => {
    const { properties } = imageOf({ a: 1, b: ['x'], c: { d: 'x' }, e: true, f: 'x', g: null });
    expect([...properties]).toEqual([
      ['f', 'x'],
      ['g', null],
    ]);
  });
});
