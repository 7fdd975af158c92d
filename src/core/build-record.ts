import { buildProperties, pieceLength, specFields } from '../../mappings/build.ts';
import type { Image } from './image.ts';
import type { ImageSpec } from './image-spec.ts';

/** JSON in ASCII: some databases behind Glance hold nothing beyond the basic plane. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The properties in which a new build is recorded: all of it in one image, so that nothing can be lost apart. */
export function recordOf({ installScript, ...spec }: ImageSpec): Map<string, string> {
  const record = new Map<string, string>([
    [buildProperties.state, 'building'],
    [buildProperties.spec, asciiJson(spec)],
  ]);
  for (const { name, property } of specFields) {
    const value = property === null ? undefined : spec[name];
    if (property && value !== undefined) record.set(property, value);
  }
  const encoded = toBase64(installScript ?? '');
  for (let from = 0, n = 0; from < encoded.length; from += pieceLength, n += 1) {
    record.set(`${buildProperties.script}${n}`, encoded.slice(from, from + pieceLength));
  }
  return record;
}

/** Whether an image carries a script that not everybody may read. */
export const hasScript = ({ properties }: Image): boolean =>
  properties.has(`${buildProperties.script}0`);

function scriptOf({ properties }: Image): string | undefined {
  let encoded = '';
  for (let n = 0; ; n += 1) {
    const piece = properties.get(`${buildProperties.script}${n}`);
    if (typeof piece !== 'string') break;
    encoded += piece;
  }
  return encoded === '' ? undefined : fromBase64(encoded);
}

/** `imageSpec` as it was sent; the script only for those who may read it. `undefined` for an image that was not built. */
export function specOf(image: Image, withScript: boolean): Partial<ImageSpec> | undefined {
  const text = image.properties.get(buildProperties.spec);
  if (typeof text !== 'string') return undefined;
  let spec: Partial<ImageSpec>;
  try {
    spec = JSON.parse(text) as Partial<ImageSpec>;
  } catch {
    spec = {};
  }
  const installScript = withScript ? scriptOf(image) : undefined;
  return installScript === undefined ? spec : { ...spec, installScript };
}
