import { buildProperties, pieceLength, specFields } from '../../mappings/build.ts';
import type { Image } from './image.ts';
import { type ImageSpec, soundPart } from './image-spec.ts';
import { parseJson } from './json.ts';

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
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A text in pieces that every database holds, each with its number; at least one. */
function* pieces(text: string): Generator<[number: number, piece: string]> {
  for (let from = 0, n = 0; n === 0 || from < text.length; from += pieceLength, n += 1) {
    yield [n, text.slice(from, from + pieceLength)];
  }
}

const scriptName = (n: number): string => `${buildProperties.script}${n}`;
const specName = (n: number): string =>
  n === 0 ? buildProperties.spec : `${buildProperties.spec}_${n}`;

/** The names of the pieces that an image has, in order. */
function namesOf({ properties }: Image, name: (n: number) => string): string[] {
  const names: string[] = [];
  for (let n = 0; typeof properties.get(name(n)) === 'string'; n += 1) names.push(name(n));
  return names;
}

const joined = (image: Image, names: readonly string[]): string =>
  names.map((name) => image.properties.get(name)).join('');

/** The properties in which a new build is recorded: all of it in one image, so that nothing can be lost apart. */
export function recordOf({ installScript, ...spec }: ImageSpec): Map<string, string> {
  const record = new Map<string, string>([[buildProperties.state, 'building']]);
  for (const [n, piece] of pieces(asciiJson(spec))) record.set(specName(n), piece);
  for (const { name, property } of specFields) {
    const value = property === null ? undefined : spec[name];
    if (property && value !== undefined) record.set(property, value);
  }
  if (installScript === undefined) return record;
  for (const [n, piece] of pieces(toBase64(installScript))) record.set(scriptName(n), piece);
  return record;
}

/** The properties that hold an image's script, in order; it is nothing that everybody may read. */
export const scriptPieces = (image: Image): string[] => namesOf(image, scriptName);

function scriptOf(image: Image): string | undefined {
  const names = scriptPieces(image);
  return names.length === 0 ? undefined : fromBase64(joined(image, names));
}

/**
 * `imageSpec` as it was sent; the script only for those who may read it. `undefined` for an image that was not built.
 * What no order can have said, but somebody has written there, is left out.
 */
export function specOf(image: Image, withScript: boolean): Partial<ImageSpec> | undefined {
  const names = namesOf(image, specName);
  if (names.length === 0) return undefined;
  const spec = soundPart(parseJson(joined(image, names)));
  const installScript = withScript ? scriptOf(image) : undefined;
  return installScript === undefined ? spec : { ...spec, installScript };
}
