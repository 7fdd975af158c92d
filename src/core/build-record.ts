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

/** The properties that hold an image's script, in order; it is nothing that everybody may read. */
export function scriptPieces({ properties }: Image): string[] {
  const names: string[] = [];
  for (let n = 0; typeof properties.get(`${buildProperties.script}${n}`) === 'string'; n += 1) {
    names.push(`${buildProperties.script}${n}`);
  }
  return names;
}

function scriptOf(image: Image): string | undefined {
  const encoded = scriptPieces(image).map((name) => image.properties.get(name));
  return encoded.length === 0 ? undefined : fromBase64(encoded.join(''));
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
