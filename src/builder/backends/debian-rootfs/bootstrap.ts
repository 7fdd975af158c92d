import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  debianArchitecture,
  debianLeftOut,
  debianPackages,
  debianReleases,
} from '../../../../mappings/debian.ts';
import { judgeSource } from '../../sources.ts';
import { files } from './names.ts';
import type { DebianRootfsOptions } from './options.ts';
import { type Plan, suiteName } from './plan.ts';
import { type Bench, rootTool, tool } from './tools.ts';

/** Where packages come from. */
export interface Archive {
  readonly mirror: string;
  /** Absent for what is no release: it has no updates of its own. */
  readonly security: string | undefined;
  readonly suite: string;
  /** Whether a client named the mirror. */
  readonly foreign: boolean;
}

/** A mirror that says nothing is given up sooner than apt would. */
const soon = ['Acquire::http::Timeout=10', 'Acquire::Retries=0'];

/** Where a mirror leads to by redirects or by its zone's SRV records has been judged by nobody. */
const straight = [
  'Acquire::EnableSrvRecords=false',
  'Acquire::http::AllowRedirect=false',
  'Acquire::https::AllowRedirect=false',
];

/** Bytes; it is a fiftieth of that. */
const longestRelease = 8 * 1024 ** 2;

/** The name of a mirror's newest stable release. */
export async function newestRelease(
  mirror: string,
  foreign: boolean,
  bench: Bench,
): Promise<string> {
  const url = `${mirror.replace(/\/$/, '')}/dists/stable/Release`;
  const settings = [...soon, ...(foreign ? straight : [])].flatMap((setting) => ['-o', setting]);
  await tool('/usr/lib/apt/apt-helper', [...settings, 'download-file', url, 'Release'], {
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

/** The archive that an order asks for, its mirror judged. */
export async function archiveOf(
  plan: Plan,
  options: Pick<DebianRootfsOptions, 'mirror' | 'security' | 'sources'>,
  bench: Bench,
): Promise<Archive> {
  const foreign = plan.mirror !== undefined && plan.mirror !== options.mirror;
  const mirror = foreign ? (await judgeSource(plan.mirror, options.sources)).href : options.mirror;
  const suite = plan.suite ?? (await newestRelease(mirror, foreign, bench));
  const released =
    plan.suite === undefined || debianReleases.some(({ codename }) => codename === suite);
  return { mirror, security: released ? options.security : undefined, suite, foreign };
}

/** Arguments of mmdebstrap. */
export function bootstrapArguments(plan: Plan, archive: Archive): string[] {
  const packages = [...debianPackages, ...plan.provision.packages];
  return [
    ...['--mode=root', '--format=directory'],
    `--variant=${plan.provision.variant}`,
    `--architectures=${debianArchitecture}`,
    `--include=${packages.join(',')}`,
    ...debianLeftOut.map((pattern) => `--dpkgopt=${pattern}`),
    ...(archive.foreign ? straight : []).map(
      (setting) => `--aptopt=${setting.replace('=', ' "')}"`,
    ),
    ...[archive.suite, files.tree, ...sourceLines(archive)],
  ];
}

/** Unpacks and installs the packages into a directory. */
export const bootstrap = (plan: Plan, archive: Archive, bench: Bench) =>
  rootTool('mmdebstrap', bootstrapArguments(plan, archive), { ...bench, both: true });
