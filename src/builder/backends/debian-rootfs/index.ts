import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type BuildBackend, BuildFailure, type BuildSite } from '../../backend.ts';
import { fileArtifact } from '../../file-artifact.ts';
import { packDisk } from '../../machine/pack-disk.ts';
import { ProgramFailure } from '../../machine/program.ts';
import { rootTool } from '../../machine/root-tool.ts';
import { archiveOf, bootstrap } from './bootstrap.ts';
import { check } from './check.ts';
import { makeDisk } from './disk.ts';
import { furnish } from './furnish.ts';
import { runScript } from './guest-script.ts';
import { diskBytes, files } from './names.ts';
import type { DebianRootfsOptions } from './options.ts';
import { type Plan, planBuild } from './plan.ts';
import { whileItFits } from './room.ts';
import { openRoute } from './route.ts';

/** A step of a build: its time and a failing tool's words go to the log, `sentence` to the client. */
async function step<T>(
  name: string,
  sentence: string,
  site: BuildSite,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } catch (error) {
    site.signal.throwIfAborted();
    if (error instanceof BuildFailure) throw error;
    if (error instanceof ProgramFailure) error.ended.tail.forEach(site.log);
    site.log(`${name}: ${error}`);
    throw new BuildFailure(sentence, { cause: error });
  } finally {
    site.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
}

/** Mapped users' files are not the worker's to remove. */
async function clear({ folder, log }: BuildSite): Promise<void> {
  const { signal } = new AbortController();
  await rootTool('rm', ['-rf', files.tree], { cwd: folder, signal }).catch((error) =>
    log(`left over: ${error}`),
  );
}

/** Fetches and installs the packages. */
async function install(plan: Plan, options: DebianRootfsOptions, site: BuildSite): Promise<void> {
  const bench = { cwd: site.folder, signal: site.signal };
  const unanswered = 'The mirror does not answer.';
  const route = await step('mirror', unanswered, site, () => openRoute(plan, options, site.log));
  try {
    const archive = await step('release', unanswered, site, () =>
      archiveOf(plan, route, options, bench),
    );
    site.progress(5);
    const unfetched = `The packages of ${archive.suite} could not be fetched and installed.`;
    await step('packages', unfetched, site, () =>
      whileItFits(diskBytes, bench, (bounded) => bootstrap(plan, archive, route, bounded)),
    );
  } finally {
    await route.close();
  }
}

async function build(
  options: DebianRootfsOptions,
  spec: Parameters<typeof planBuild>[0],
  site: BuildSite,
): Promise<void> {
  const bench = { cwd: site.folder, signal: site.signal };
  const plan = planBuild(spec);
  const { script } = plan.provision;
  const uuid = randomUUID();
  await install(plan, options, site);
  site.progress(50);
  const unmade = 'The disk could not be made.';
  await step('system', unmade, site, () => furnish(uuid, { seeded: script !== undefined }, bench));
  await step('disk', unmade, site, () => makeDisk(uuid, bench));
  site.progress(60);
  if (script !== undefined) {
    const unstarted = 'The guest for the script could not be started.';
    const accelerator = await step('accelerator', unstarted, site, () =>
      options.accelerator(join(site.folder, files.kernel), site),
    );
    await step(`script (${accelerator})`, unstarted, site, () =>
      runScript(script, accelerator, options, site),
    );
  }
  site.progress(90);
  await step('compression', 'The disk could not be compressed.', site, () =>
    packDisk(files.disk, files.image, bench),
  );
  site.progress(100);
}

/** Builds Debian from packages, and runs a script as root in a guest of the new system. */
export function createDebianRootfs(options: DebianRootfsOptions): BuildBackend {
  return {
    name: 'debian-rootfs',
    declines: (spec) => {
      try {
        planBuild(spec);
        return undefined;
      } catch (error) {
        if (error instanceof BuildFailure) return error.message;
        throw error;
      }
    },
    build: async ({ spec }, site) => {
      try {
        await build(options, spec, site);
      } finally {
        await clear(site);
      }
      return fileArtifact(join(site.folder, files.image));
    },
    check: () => check(options),
  };
}
