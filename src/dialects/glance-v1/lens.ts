import { briefFields, fields, statuses } from '../../../mappings/glance-v1.ts';
import { setAny } from '../../core/any-name.ts';
import { createCodecs } from '../../core/codecs.ts';
import type { Image } from '../../core/image.ts';
import { compileLens } from '../../core/lens.ts';
import { shownName, shownValue } from './property-names.ts';

/** The field table of v1, ready for use. */
export const lens = compileLens(fields, createCodecs(statuses));

/** The six keys of the brief list. */
export const briefView = lens.pick(briefFields);

/** Properties under their v1 names. */
export function shownProperties(image: Image): Record<string, string | null> {
  const shown: Record<string, string | null> = {};
  for (const [stored, value] of image.properties) {
    const name = shownName(stored);
    if (name !== undefined) setAny(shown, name, shownValue(value));
  }
  return shown;
}

/** A whole image as v1's JSON has it: every key always there. */
export function fullView(image: Image): Record<string, unknown> {
  const shown = lens.show(image);
  shown['properties'] = shownProperties(image);
  return shown;
}
