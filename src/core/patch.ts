/** One step of a JSON patch as Glance takes it (RFC 6902 subset, media type `…-v2.1-json-patch`). */
export type PatchStep =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export const patchMediaType = 'application/openstack-images-v2.1-json-patch';

/** A JSON pointer to one top-level member, so that a name such as `tags/0` never addresses another (RFC 6901 §3). */
export function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The name that such a pointer leads to. */
export const nameAt = (pointer: string): string =>
  pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');

/** `add` also overwrites, whereas `replace` of an absent property is a conflict. */
export function setProperty(name: string, value: string | null): PatchStep {
  return { op: 'add', path: pointerTo(name), value };
}

export function setField(name: string, value: unknown): PatchStep {
  return { op: 'replace', path: pointerTo(name), value };
}

export function removeProperty(name: string): PatchStep {
  return { op: 'remove', path: pointerTo(name) };
}
