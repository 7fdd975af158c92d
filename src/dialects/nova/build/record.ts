import {
  buildPrefix,
  buildProperties,
  builtFormats,
  pieceLength,
  specFields,
} from '../../../../mappings/build.ts';
import { type Fault, fault, isFault } from '../../../core/fault.ts';
import type { Image } from '../../../core/image.ts';
import type { Draft } from '../../../core/operation.ts';
import { storedItems } from '../metadata.ts';
import type { BuildRequest, ImageSpec } from './spec.ts';

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

function* piecesOf(script: string): Generator<[name: string, value: string]> {
  const encoded = toBase64(script);
  for (let from = 0, n = 0; from < encoded.length; from += pieceLength, n += 1) {
    yield [`${buildProperties.script}${n}`, encoded.slice(from, from + pieceLength)];
  }
}

/** The record of a build in Glance: all of it in one image, so that nothing can be lost apart. Faults: metadata that cannot be stored. */
export function buildDraft({ name, metadata, spec }: BuildRequest): Draft | Fault {
  const taken = Object.keys(metadata).find((key) => key.startsWith(buildPrefix));
  if (taken !== undefined) return fault('bad-request', `The metadata key ${taken} is reserved.`);
  const items = storedItems(metadata);
  if (isFault(items)) return items;
  const { installScript, ...rest } = spec;
  const properties = new Map<string, string | null>(items);
  properties.set(buildProperties.state, 'building');
  properties.set(buildProperties.spec, asciiJson(rest));
  for (const field of specFields) {
    const value = field.property === null ? undefined : spec[field.name];
    if (typeof value === 'string' && field.property) properties.set(field.property, value);
  }
  for (const [piece, value] of installScript === undefined ? [] : piecesOf(installScript)) {
    properties.set(piece, value);
  }
  return {
    fields: new Map<string, unknown>([['name', name], ...Object.entries(builtFormats)]),
    properties,
  };
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
