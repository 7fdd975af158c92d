import fc from 'fast-check';
import { expect, it } from 'vitest';
import { glanceFields } from '../../../mappings/glance-image.ts';
import { type Client, meta, props } from '../client.ts';

// in a header a value has no blanks around it, and not everywhere what stands for broken bytes; Glance takes no characters of four bytes
const value = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((text) => text.replace(/[\p{C}\ufffd\u{10000}-\u{10ffff}]/gu, '').trim());
const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9_.!#$%&'*+^`|~]{1,30}$/),
  fc.constantFrom(...glanceFields.map((field) => field.name), 'deleted', 'polyglance_v1_name'),
);
// two names, in Glance, are checked for what they hold
const properties = fc.dictionary(
  name.filter((each) => !/^(?:kernel_id|ramdisk_id|os_glance.*)$/.test(each)),
  value,
  { maxKeys: 8 },
);
const core = fc.record({
  name: value,
  min_disk: fc.nat(2 ** 31 - 1),
  min_ram: fc.nat(2 ** 31 - 1),
  protected: fc.constant('False'),
});

const asShown = (given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(given).map(([key, text]) => [key, text || null]));

/** Laws of the whole way: header → Glance → JSON, list and header. */
export function roundTrips(v1: Client): void {
  const runs = { numRuns: 40 };

  it('show everywhere what was given', async () => {
    await fc.assert(
      fc.asyncProperty(core, properties, async (fields, given) => {
        const made = await v1.post({ ...meta(fields), ...props(given) });
        expect(made.status, made.text).toBe(201);
        const { image } = made.json;
        expect(image).toMatchObject({
          name: fields.name || null,
          min_disk: fields.min_disk,
          min_ram: fields.min_ram,
        });
        expect(image.properties).toEqual(asShown(given));
        expect(await v1.find(image.id)).toEqual(image);
        const { headers } = await v1.head(image.id);
        for (const [key, text] of Object.entries(given)) {
          expect(headers[`x-image-meta-property-${key}`]).toBe(text === '' ? undefined : text);
        }
        await v1.remove(image.id);
      }),
      runs,
    );
  });

  it('make what is there into what is asked for, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(properties, properties, fc.boolean(), async (before, after, purge) => {
        const { image } = (await v1.post(props(before))).json;
        const headers = { 'x-glance-registry-purge-props': String(purge), ...props(after) };
        const changed = await v1.put(image.id, headers);
        expect(changed.status, changed.text).toBe(200);
        const expected = purge ? after : { ...before, ...after };
        expect(changed.json.image.properties).toEqual(asShown(expected));
        expect(changed.json.image).toMatchObject({ name: null, owner: image.owner });
        await v1.remove(image.id);
      }),
      runs,
    );
  });
}
