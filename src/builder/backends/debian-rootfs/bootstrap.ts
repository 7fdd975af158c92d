import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  debianArchitecture,
  debianLeftOut,
  debianPackages,
  debianReleases,
} from '../../../../mappings/debian.ts';
import { type Bench, rootTool } from '../../machine/root-tool.ts';
import { files } from './names.ts';
import type { DebianRootfsOptions } from './options.ts';
import { type Plan, suiteName } from './plan.ts';
import type { Route } from './route.ts';
import { tool } from './tools.ts';

/** Where packages come from. */
export interface Archive {
  readonly mirror: string;
  /** Absent for what is no release: it has no updates of its own. */
  readonly security: string | undefined;
  readonly suite: string;
}

/** A mirror that says nothing is given up sooner than apt would. */
const soon = ['Acquire::http::Timeout=10', 'Acquire::Retries=0'];

/** Bytes; it is a fiftieth of that. */
const longestRelease = 8 * 1024 ** 2;

/** The name of a mirror's newest stable release. */
export async function newestRelease(
  { mirror, settings }: Pick<Route, 'mirror' | 'settings'>,
  bench: Bench,
): Promise<string> {
  const url = `${mirror.replace(/\/$/, '')}/dists/stable/Release`;
  const given = [...soon, ...settings].flatMap((setting) => ['-o', setting]);
  await tool('/usr/lib/apt/apt-helper', [...given, 'download-file', url, 'Release'], {
    ...bench,
    limits: { file: longestRelease },
  });
  const release = await readFile(join(bench.cwd, 'Release'), 'utf8');
  const codename = /^Codename: (\S+)$/m.exec(release)?.[1] ?? '';
  if (!suiteName.test(codename)) throw new Error('the mirror does not say what is stable');
  return codename;
}

const sourceLines = ({ mirror, security, suite }: Archive): string[] => [
  `deb ${mirror} ${suite} main`,
  ...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
];

/** The archive that an order asks for. */
export async function archiveOf(
  plan: Plan,
  route: Route,
  { security }: Pick<DebianRootfsOptions, 'security'>,
  bench: Bench,
): Promise<Archive> {
  const suite = plan.suite ?? (await newestRelease(route, bench));
  const released =
    plan.suite === undefined || debianReleases.some(({ codename }) => codename === suite);
  return { mirror: route.mirror, security: released ? security : undefined, suite };
}

/** Arguments of mmdebstrap. */
export function bootstrapArguments(
  plan: Plan,
  archive: Archive,
  { settings }: Pick<Route, 'settings'>,
): string[] {
  const packages = [...debianPackages, ...plan.provision.packages];
  return [
    ...['--mode=root', '--format=directory'],
    `--variant=${plan.provision.variant}`,
    `--architectures=${debianArchitecture}`,
    `--include=${packages.join(',')}`,
    ...debianLeftOut.map((pattern) => `--dpkgopt=${pattern}`),
    ...settings.map((setting) => `--aptopt=${setting.replace('=', ' "')}"`),
    ...[archive.suite, files.tree, ...sourceLines(archive)],
  ];
}

/** Unpacks and installs the packages into a directory. */
export const bootstrap = (plan: Plan, archive: Archive, route: Route, bench: Bench) =>
  rootTool('mmdebstrap', bootstrapArguments(plan, archive, route), { ...bench, both: true });
