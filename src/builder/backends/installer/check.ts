import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { packagedInstallers } from '../../../../mappings/installers.ts';
import type { Readiness } from '../../backend.ts';
import { guestFinding } from '../../machine/guest-user.ts';
import type { Installer } from './installers.ts';

/** The programs that are needed, and the Debian packages that they come from. */
const programs = [
  { program: 'qemu-system-x86_64', package: 'qemu-system-x86' },
  { program: 'qemu-img', package: 'qemu-utils' },
  { program: 'socat', package: 'socat' },
  { program: 'osinfo-install-script', package: 'libosinfo-bin' },
] as const;

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

async function isInPath(program: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(':');
  const found = await Promise.all(folders.map((folder) => isThere(join(folder, program))));
  return found.includes(true);
}

async function isComplete({ folder }: Installer): Promise<boolean> {
  const found = await Promise.all(
    ['linux', 'initrd.gz'].map((name) => isThere(join(folder, name))),
  );
  return !found.includes(false);
}

/** Looks for the programs and the installers. */
export async function checkInstallers(installers: readonly Installer[]): Promise<Readiness> {
  const missing: string[] = [];
  const findings: string[] = [];
  for (const { program, package: name } of programs) {
    if (await isInPath(program)) continue;
    findings.push(`${program} is not there`);
    missing.push(name);
  }
  const guests = await guestFinding();
  findings.push(guests.text);
  if (guests.missing !== undefined) missing.push(guests.missing);
  const canRun = guests.good && missing.length === 0;
  let hasInstaller = false;
  for (const installer of installers) {
    const { os, folder } = installer;
    if (await isComplete(installer)) {
      findings.push(`installs ${os}`);
      hasInstaller = true;
    } else {
      findings.push(`no installer of ${os} in ${folder}`);
      const packaged = packagedInstallers.find((each) => each.folder === folder);
      if (packaged) missing.push(packaged.package);
    }
  }
  return { ready: canRun && hasInstaller, findings, missing };
}
