import { usualArchitecture } from '../../../../mappings/architectures.ts';
import type { ImageSpec } from '../../../core/image-spec.ts';
import { architectureOf } from '../../architecture.ts';

/** Orders versions as numbers where they are numbers. */
const { compare } = new Intl.Collator('en', { numeric: true });

/** The image that installs what is ordered: of that version, of any version; of the newest when none is asked for. */
export function baseImage(
  images: Readonly<Record<string, string>>,
  { osName, osVersion, osArch }: ImageSpec,
): string | undefined {
  const architecture = architectureOf(osArch);
  const suffix = architecture === usualArchitecture ? '' : `-${architecture}`;
  const name = osName.toLowerCase();
  const table = new Map(Object.entries(images));
  if (osVersion !== undefined) {
    const exact = table.get(`${name}${osVersion.toLowerCase()}${suffix}`);
    return exact ?? table.get(`${name}${suffix}`);
  }
  const versions = [...table.keys()]
    .filter((key) => key.startsWith(name) && key.endsWith(suffix))
    .map((key) => key.slice(name.length, key.length - suffix.length))
    .filter((version) => /^(?:\d[\w.]*)?$/.test(version));
  const newest = versions.sort(compare).at(-1);
  return newest === undefined ? undefined : table.get(`${name}${newest}${suffix}`);
}
