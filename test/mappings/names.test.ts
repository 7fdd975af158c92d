import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glanceFields } from '../../mappings/glance-image.ts';
import { escapePrefix, unusablePropertyNames } from '../../mappings/glance-v1.ts';
import { isBaseField } from '../../src/core/image.ts';
import { pointerTo } from '../../src/core/patch.ts';
import { shownName, storedName } from '../../src/dialects/glance-v1/property-names.ts';

const awkward = [
  ...glanceFields.map((field) => field.name),
  ...unusablePropertyNames,
  '__proto__',
  'constructor',
  'os_glance_failed_import',
  escapePrefix,
  `${escapePrefix}name`,
  `${escapePrefix}${escapePrefix}`,
  'a/b',
  '~0',
  'tags/0',
];
const name = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(...awkward),
  fc.constantFrom(...awkward).map((each) => escapePrefix + each),
);

describe('a v1 property name in Glance', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(name, (each) => shownName(storedName(each)) === each));
  });

  it('is never the same for two names', () => {
    fc.assert(fc.property(name, name, (a, b) => a === b || storedName(a) !== storedName(b)));
  });

  it('is never one that Glance would take for something else', () => {
    const unusable = new Set<string>(unusablePropertyNames);
    fc.assert(
      fc.property(name, (each) => {
        const stored = storedName(each);
        return !isBaseField(stored) && !unusable.has(stored) && !stored.startsWith('os_glance_');
      }),
    );
  });

  it.each(['os_type', 'architecture', 'instance_uuid', 'is_public', 'members', 'Ähnlich'])(
    'is left alone where it can be (%s)',
    (each) => {
      expect(storedName(each)).toBe(each);
    },
  );

  // Glance reserves every name that begins with os_glance, with or without an underscore after it
  it.each(['os_glance', 'os_glancex'])('is escaped where Glance would refuse %s', (each) => {
    expect(storedName(each)).toBe(escapePrefix + each);
  });
});

/** What a JSON pointer means (RFC 6901 §4). */
function membersOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

describe('a JSON pointer to a property', () => {
  it('addresses exactly that top-level member', () => {
    fc.assert(
      fc.property(name, (each) => {
        expect(membersOf(pointerTo(each))).toEqual([each]);
      }),
    );
  });

  it.each([
    ['a/b', '/a~1b'],
    ['~', '/~0'],
    ['~1', '/~01'],
    ['', '/'],
  ])('of %j is %s', (each, pointer) => {
    expect(pointerTo(each)).toBe(pointer);
  });
});
