import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packagedInstallers, packageKeys } from '../../../../mappings/installers.ts';
import type { ImageSpec } from '../../../core/image-spec.ts';
import {
  type Artifact,
  type BuildBackend,
  BuildFailure,
  type BuildOrder,
  type BuildSite,
  type Readiness,
} from '../../backend.ts';
import { fileArtifact } from '../../file-artifact.ts';
import { type Accelerator, runGuest } from '../../machine/guest.ts';
import { run } from '../../machine/program.ts';
import { startProxy } from '../../machine/proxy.ts';
import { judgeSource, type Sources, sourceFilter } from '../../sources.ts';
import { extendInitrd, type InitrdFile } from './initrd.ts';
import {
  findInstaller,
  type Installer,
  isGuestArchitecture,
  knownInstallers,
  ofFamily,
  type SystemName,
} from './installers.ts';
import { defaultScript, detectSystem } from './libosinfo.ts';
import { kernelCommand, scriptFiles, speaks } from './script.ts';
import { watchInstaller } from './watch.ts';

/** How systems are installed by their own installers. */
export interface InstallerOptions {
  /** Folders with `linux` and `initrd.gz` by system (`debian12`), beyond Debian's packages. */
  readonly installers: Readonly<Record<string, string>>;
  /** The Debian mirror that is used when none is asked for. */
  readonly mirror: string;
  readonly sources: Sources;
  readonly accelerator: () => Promise<Accelerator>;
  /** MiB of the guest. */
  readonly memory: number;
  /** The most bytes of the image's disk. */
  readonly disk: number;
  /** Milliseconds that an installer may say nothing. */
  readonly silence?: number;
}

/** Of no use to anybody while the kernel starts at all. */
const kernelMessage = /^\[ *\d+\.\d+\] /;
const gibibyte = 1024 ** 3;
const defaultSilence = 15 * 60_000;

/** What the programs that it needs come from. */
const programs = [
  { program: 'qemu-system-x86_64', package: 'qemu-system-x86' },
  { program: 'qemu-img', package: 'qemu-utils' },
  { program: 'socat', package: 'socat' },
  { program: 'osinfo-install-script', package: 'libosinfo-bin' },
] as const;

const unknown = 'There is no installer of this system here.';

/** Installs systems with their own installers, in a guest that reaches package mirrors and nothing else. */
export function createInstaller(options: InstallerOptions): BuildBackend {
  const { sources, silence = defaultSilence } = options;
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
    if (spec.installSource && spec.osVersion === undefined) {
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
    const url = await judgeSource(asked, sources);
    if (url.protocol !== 'http:' && family.family === 'debian') {
      throw new BuildFailure('This installer fetches packages over http only.');
    }
    return url;
  }

  /** Runs the installer to its end. */
  async function install(
    installer: Installer,
    files: readonly InitrdFile[],
    disk: string,
    site: BuildSite,
  ): Promise<void> {
    const { folder, log } = site;
    const initrd = join(folder, 'initrd');
    const socket = join(folder, 'proxy');
    await extendInitrd(join(installer.folder, 'initrd.gz'), initrd, files);
    const watch = watchInstaller(silence, site.progress);
    let missing: string | undefined;
    const proxy = await startProxy({
      socket,
      filters: [sourceFilter([options.mirror]), sources.filter],
      publicLookup: sources.publicLookup,
      log: (what, url) => {
        log(`${what}: ${url}`);
        if (what === 'answered 404') missing = url.slice(url.lastIndexOf('/') + 1);
      },
    });
    try {
      await runGuest({
        folder,
        accelerator: await options.accelerator(),
        memory: options.memory,
        disks: [{ file: disk, format: 'qcow2' }],
        kernel: {
          file: join(installer.folder, 'linux'),
          initrd,
          command: kernelCommand(installer),
        },
        network: { proxy: socket },
        line: (text) => {
          if (!kernelMessage.test(text)) log(text);
          watch.line(text);
        },
        pending: watch.pending,
        signal: AbortSignal.any([site.signal, watch.signal]),
      });
    } catch (error) {
      if (!watch.signal.aborted || site.signal.aborted || missing === undefined) throw error;
      const { message } = watch.signal.reason as BuildFailure;
      throw new BuildFailure(`${message} (The mirror does not have ${missing}.)`);
    } finally {
      watch.end();
      await proxy.close();
    }
    if (!watch.finished()) throw new BuildFailure('The installer ended before it was done.');
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
    const disk = join(folder, 'disk.qcow2');
    const image = join(folder, 'image.qcow2');
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', disk, String(size)], {
      cwd: folder,
      signal,
    });
    await install(installer, files, disk, site);
    const convert = ['convert', '-f', 'qcow2', '-O', 'qcow2', '-c', disk, image];
    await run('qemu-img', convert, { cwd: folder, signal });
    await rm(disk);
    site.progress(100);
    return fileArtifact(image);
  }

  return { name: 'installer', declines, build, check: () => check(installers) };
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const inPath = async (program: string): Promise<boolean> => {
  const folders = (process.env['PATH'] ?? '').split(':');
  const found = await Promise.all(folders.map((folder) => isThere(join(folder, program))));
  return found.includes(true);
};

async function check(installers: readonly Installer[]): Promise<Readiness> {
  const missing: string[] = [];
  const findings: string[] = [];
  for (const each of programs) {
    if (await inPath(each.program)) continue;
    findings.push(`${each.program} is not there`);
    missing.push(each.package);
  }
  const able = findings.length === 0;
  let ready = 0;
  for (const { os, folder } of installers) {
    const files = await Promise.all(
      ['linux', 'initrd.gz'].map((name) => isThere(join(folder, name))),
    );
    if (files.includes(false)) {
      findings.push(`no installer of ${os} in ${folder}`);
      missing.push(
        ...packagedInstallers.filter((each) => each.folder === folder).map((each) => each.package),
      );
    } else {
      findings.push(`installs ${os}`);
      ready += 1;
    }
  }
  return { ready: able && ready > 0, findings, missing };
}
