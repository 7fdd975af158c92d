import { resolve } from 'node:path';
import { families, packagedInstallers } from '../../../../mappings/installers.ts';

/** An installer that can be run. */
export interface Installer {
  /** `debian12`: what it is called in settings and by libosinfo. */
  readonly os: string;
  readonly family: (typeof families)[number];
  readonly version: string;
  /** A folder with its kernel (`linux`) and its initrd (`initrd.gz`). */
  readonly folder: string;
}

/** What a client or an installation medium says of a system. */
export interface SystemName {
  readonly osName: string;
  readonly osVersion?: string | undefined;
  readonly osArch?: string | undefined;
}

function readInstaller(os: string, folder: string): Installer {
  const [, name = '', version = ''] = /^([a-z][a-z-]*?)(\d[\d.]*)$/.exec(os) ?? [];
  const family = families.find((each) => each.family === name);
  if (!family) throw new Error(`no installer of ${os} is known`);
  return { os, family, version, folder: resolve(folder) };
}

/** The installers that are configured, by system, and those of Debian's packages; the newest of a family first. */
export function knownInstallers(configured: Readonly<Record<string, string>>): Installer[] {
  const packaged = packagedInstallers.map(({ os, folder }) => [os, folder] as const);
  const folders = new Map([...packaged, ...Object.entries(configured)]);
  return [...folders]
    .map(([os, folder]) => readInstaller(os, folder))
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
}

/** The installers of what a client calls a system. */
export const ofFamily = (all: readonly Installer[], osName: string): Installer[] => {
  const name = osName.trim().toLowerCase();
  return all.filter(
    ({ family, os }) => os === name || (family.names as readonly string[]).includes(name),
  );
};

/** The installer of a system: of its version, or of what comes before the version's first dot; the newest where none is said. */
export function findInstaller(
  all: readonly Installer[],
  { osName, osVersion }: SystemName,
): Installer | undefined {
  const candidates = ofFamily(all, osName);
  if (osVersion === undefined) return candidates[0];
  const [major] = osVersion.split('.');
  return (
    candidates.find(({ version }) => version === osVersion) ??
    candidates.find(({ version }) => version === major)
  );
}
