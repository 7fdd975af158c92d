import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageKeys } from '../../../../mappings/installers.ts';
import type { ImageSpec } from '../../../core/image-spec.ts';
import { isGuestArchitecture } from '../../architecture.ts';
import {
  type Artifact,
  type BuildBackend,
  BuildFailure,
  type BuildOrder,
  type BuildSite,
} from '../../backend.ts';
import { fileArtifact } from '../../file-artifact.ts';
import { packDisk } from '../../machine/pack-disk.ts';
import { judgeMirror } from '../../sources.ts';
import { checkInstallers } from './check.ts';
import { type InstallOptions, install } from './install.ts';
import {
  findInstaller,
  type Installer,
  knownInstallers,
  ofFamily,
  type SystemName,
} from './installers.ts';
import { defaultScript, detectSystem } from './libosinfo.ts';
import { scriptFiles, speaks } from './script.ts';

/** How systems are installed by their own installers. */
export interface InstallerOptions extends InstallOptions {
  /** Folders with `linux` and `initrd.gz` by system (`debian12`), beyond Debian's packages. */
  readonly installers: Readonly<Record<string, string>>;
  /** The most bytes of the image's disk. */
  readonly disk: number;
}

const gibibyte = 1024 ** 3;
const unknown = 'There is no installer of this system here.';

/** Installs systems with their own installers, in a guest that reaches package mirrors and nothing else. */
export function createInstaller(options: InstallerOptions): BuildBackend {
  const { sources } = options;
  const installers = knownInstallers(options.installers);

  function declines({ osName, osVersion, osArch, installScript }: ImageSpec): string | undefined {
    const candidates = ofFamily(installers, osName);
    const [first] = candidates;
    if (!first || (osVersion !== undefined && !findInstaller(candidates, { osName, osVersion }))) {
      return unknown;
    }
    if (!isGuestArchitecture(osArch)) return 'This architecture cannot be built.';
    if (installScript === undefined || speaks(first, installScript)) return undefined;
    return `The installScript is not a ${first.family.script} file.`;
  }

  /** The installer of what is ordered; what the order leaves open is asked of its source. */
  async function chosen(spec: ImageSpec, site: BuildSite): Promise<Installer> {
    let wanted: SystemName = spec;
    const isExact = installers.some(({ os }) => os === spec.osName.toLowerCase());
    if (spec.installSource && spec.osVersion === undefined && !isExact) {
      const found = await detectSystem(spec.installSource, sources, site);
      if (!found) throw new BuildFailure('The installSource does not tell the version of the OS.');
      const same = ofFamily(installers, found.osName).some((each) =>
        ofFamily(installers, spec.osName).includes(each),
      );
      if (!same) throw new BuildFailure('The installSource is one of another OS.');
      wanted = found;
    }
    if (!isGuestArchitecture(spec.osArch ?? wanted.osArch)) {
      throw new BuildFailure('This architecture cannot be built.');
    }
    const installer = findInstaller(installers, { ...wanted, osName: spec.osName });
    if (!installer) throw new BuildFailure(unknown);
    return installer;
  }

  async function packagesOf({ family }: Installer, source: ImageSpec['installSource']) {
    const asked = packageKeys.map((key) => source?.[key]).find(Boolean);
    if (asked === undefined) {
      if (family.family === 'debian') return new URL(options.mirror);
      throw new BuildFailure('An installSource with a url is needed for this system.');
    }
    const url = await judgeMirror(asked, sources);
    if (url.protocol !== 'http:' && family.family === 'debian') {
      throw new BuildFailure('This installer fetches packages over http only.');
    }
    return url;
  }

  async function build({ spec }: BuildOrder, site: BuildSite): Promise<Artifact> {
    const { folder, signal } = site;
    const installer = await chosen(spec, site);
    const packages = await packagesOf(installer, spec.installSource);
    const { installScript } = spec;
    if (installScript !== undefined && !speaks(installer, installScript)) {
      throw new BuildFailure(`The installScript is not a ${installer.family.script} file.`);
    }
    const text = installScript ?? (await defaultScript(installer.os, site));
    const isDefault = installScript === undefined;
    const files = scriptFiles(installer, { text, isDefault, packages });
    const size = Math.min(installer.family.disk * gibibyte, options.disk);
    const disk = join(folder, 'disk.raw');
    const image = join(folder, 'image.qcow2');
    // of a raw disk nothing that a guest writes leads to another file
    await writeFile(disk, '', { mode: 0o600 });
    await truncate(disk, size);
    await install(options, installer, { files, disk }, site);
    await packDisk(disk, image, { cwd: folder, signal });
    await rm(disk);
    site.progress(100);
    return fileArtifact(image);
  }

  return {
    name: 'installer',
    declines,
    build,
    check: () => checkInstallers(installers),
  };
}
