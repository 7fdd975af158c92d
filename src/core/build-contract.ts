import { buildPrefix, buildProperties, buildStates, specFields } from '../../mappings/build.ts';
import type { Image } from './image.ts';

const own: ReadonlySet<string> = new Set([
  ...Object.values(buildProperties).filter((name) => name !== buildProperties.script),
  ...specFields.flatMap((field) => field.property ?? []),
]);
const piece = new RegExp(`^(?:${buildProperties.script}|${buildProperties.spec}_)\\d+$`);
const words = new Map<string, string>(buildStates.map((row) => [row.state, row.legacy]));

/** Whether a property is part of a build's state, and so nothing that clients of the old APIs see or write. */
export const isBuildProperty = (name: string): boolean =>
  own.has(name) || (name.startsWith(buildPrefix) && piece.test(name));

/** Whether a record is a worker's claim on a build, which is no image to anybody. */
export const isBuildClaim = ({ properties }: Image): boolean =>
  properties.has(buildProperties.claimOf);

/** `BUILDING` or `ERROR` as long as a built image is not there; `undefined` for any other image. */
export function buildStatus({ base, properties }: Image): string | undefined {
  if (base.status === 'active' || base.status === 'deactivated') return undefined;
  return words.get(properties.get(buildProperties.state) ?? '');
}
