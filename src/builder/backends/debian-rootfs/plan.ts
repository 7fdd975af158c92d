import {
  debianArchitecture,
  debianReleases,
  debianSourceKeys,
} from '../../../../mappings/debian.ts';
import type { ImageSpec } from '../../../core/image-spec.ts';
import { isGuestArchitecture } from '../../architecture.ts';
import { BuildFailure } from '../../backend.ts';
import type { Provision } from './provision.ts';
import { readScript } from './script.ts';

/** What is to be built. */
export interface Plan {
  /** The suite of the mirror; absent: the newest release. */
  readonly suite: string | undefined;
  /** The mirror asked for, not judged yet. */
  readonly mirror: string | undefined;
  readonly provision: Provision;
}

/** Names of suites, before they become part of a URL. */
export const suiteName = /^[a-z][a-z0-9-]{0,40}$/;

const known = debianReleases.map(({ version, codename }) => `${version} (${codename})`).join(', ');

function codenameOf(osVersion: string): string {
  const asked = osVersion.trim().toLowerCase();
  const number = /^(\d+)(?:\.\d+)*$/.exec(asked)?.[1];
  const release = debianReleases.find(
    ({ version, codename }) => version === number || codename === asked,
  );
  if (!release) throw new BuildFailure(`debian-rootfs builds these versions of Debian: ${known}.`);
  return release.codename;
}

function readSource(source: ImageSpec['installSource']): { mirror?: string; suite?: string } {
  const keys: Readonly<Record<string, 'mirror' | 'suite'>> = debianSourceKeys;
  const read: { mirror?: string; suite?: string } = {};
  for (const [key, value] of Object.entries(source ?? {})) {
    const use = Object.hasOwn(keys, key) ? keys[key] : undefined;
    const names = Object.keys(keys).join(', ');
    if (!use) {
      throw new BuildFailure(
        `debian-rootfs takes ${names} in installSource, not '${key.slice(0, 40)}'.`,
      );
    }
    if (value === '') continue;
    if (read[use] !== undefined && read[use] !== value) {
      throw new BuildFailure('installSource names two mirrors.');
    }
    read[use] = value;
  }
  return read;
}

/** Reads an order. Throws {@link BuildFailure} for what this back end does not build, told by the order alone. */
export function planBuild(spec: ImageSpec): Plan {
  if (spec.osName.trim().toLowerCase() !== 'debian') {
    throw new BuildFailure('debian-rootfs builds Debian only.');
  }
  if (!isGuestArchitecture(spec.osArch)) {
    throw new BuildFailure(`debian-rootfs builds for ${debianArchitecture} only.`);
  }
  const { mirror, suite } = readSource(spec.installSource);
  if (suite !== undefined && !suiteName.test(suite)) {
    throw new BuildFailure('The suite in installSource is not a name of one.');
  }
  const codename = spec.osVersion === undefined ? undefined : codenameOf(spec.osVersion);
  const other = debianReleases.some((each) => each.codename === suite && suite !== codename);
  if (codename !== undefined && other) {
    throw new BuildFailure('osVersion and the suite in installSource disagree.');
  }
  return {
    suite: suite ?? codename,
    mirror,
    provision: readScript(spec.installScript ?? ''),
  };
}
