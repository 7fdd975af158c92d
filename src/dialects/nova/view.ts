import {
  briefFields,
  fields,
  jsonProperties,
  statuses,
  unknownStatus,
} from '../../../mappings/nova.ts';
import { setAny } from '../../core/any-name.ts';
import { isBuildProperty } from '../../core/build-contract.ts';
import { createCodecs } from '../../core/codecs.ts';
import type { Image } from '../../core/image.ts';
import { isTooDeep } from '../../core/json.ts';
import { compileLens } from '../../core/lens.ts';
import type { Place } from './place.ts';

/** The field table of the image proxy, ready for use. */
export const lens = compileLens(fields, createCodecs(statuses, unknownStatus));

const briefPart = lens.pick(briefFields);
const heldAsJson: ReadonlySet<string> = new Set(jsonProperties);
const trueWords: ReadonlySet<string> = new Set(['1', 't', 'true', 'on', 'y', 'yes']);

/** Bases of the links in one answer. */
export interface LinkBases {
  readonly self: string;
  readonly bookmark: string;
  readonly image: string;
}

/** Where links lead: `base` with the version and project that the path had, without the version, and the Image service. */
export function linkBases(base: string, imageBase: string, { version, project }: Place): LinkBases {
  return {
    self: base + version + project,
    bookmark: base + project,
    image: imageBase,
  };
}

function links(id: string, { self, bookmark, image }: LinkBases): readonly unknown[] {
  const path = `/images/${id}`;
  return [
    { rel: 'self', href: self + path },
    { rel: 'bookmark', href: bookmark + path },
    { rel: 'alternate', type: 'application/vnd.openstack.image', href: image + path },
  ];
}

function shownValue(name: string, value: string | null): unknown {
  if (value === null || !heldAsJson.has(name) || isTooDeep(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** One property as Nova shows it; `undefined` when the image has none of that name. */
export function shownItem({ properties }: Image, name: string): unknown {
  const value = isBuildProperty(name) ? undefined : properties.get(name);
  return value === undefined ? undefined : shownValue(name, value);
}

/** An image's metadata. */
export function metadataOf({ properties }: Image): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of properties) {
    if (!isBuildProperty(name)) setAny(shown, name, shownValue(name, value));
  }
  return shown;
}

/** An entry of the brief list: id, name, links. */
export function briefView(image: Image, bases: LinkBases): Record<string, unknown> {
  return { ...briefPart(image), links: links(image.base.id, bases) };
}

/** A whole image; `server` and `OS-DCF:diskConfig` only where its properties give them. */
export function fullView(image: Image, bases: LinkBases): Record<string, unknown> {
  const shown = lens.show(image);
  shown['metadata'] = metadataOf(image);
  shown['links'] = links(image.base.id, bases);
  const server = image.properties.get('instance_uuid');
  if (server) {
    const path = `/servers/${server}`;
    shown['server'] = {
      id: server,
      links: [
        { rel: 'self', href: bases.self + path },
        { rel: 'bookmark', href: bases.bookmark + path },
      ],
    };
  }
  const diskConfig = image.properties.get('auto_disk_config');
  if (typeof diskConfig === 'string') {
    shown['OS-DCF:diskConfig'] = trueWords.has(diskConfig.trim().toLowerCase()) ? 'AUTO' : 'MANUAL';
  }
  return shown;
}
