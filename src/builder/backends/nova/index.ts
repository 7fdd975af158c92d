import { randomUUID } from 'node:crypto';
import { type Artifact, type BuildBackend, BuildFailure, type BuildSite } from '../../backend.ts';
import { clear, remove, removeOldServers, removeOldSnapshots } from './belongings.ts';
import { checkNova } from './check.ts';
import { boot, untilOff } from './installation.ts';
import type { NovaOptions } from './options.ts';
import { type Plan, planOf } from './plan.ts';
import { snapshotArtifact, takeSnapshot, untilStored } from './snapshot.ts';

export type { NovaOptions } from './options.ts';

async function install(
  options: NovaOptions,
  plan: Plan,
  build: string,
  site: BuildSite,
): Promise<Artifact> {
  const { signal, progress, log } = site;
  const mark = { build, attempt: randomUUID() };
  await removeOldServers(options, build, log, signal);
  let project: string | undefined;
  const tidy = (): Promise<void> => clear(options, mark, project, log);
  try {
    signal.throwIfAborted();
    const server = await boot(options, plan, mark);
    signal.throwIfAborted();
    const base = options.publicUrl.replace(/\/+$/, '');
    site.locate({ server: `${base}/servers/${server}`, image: `${base}/images/${plan.image}` });
    progress(5);
    ({ project } = await untilOff(options, server, site));
    progress(70);
    await removeOldSnapshots(options, build, project, log);
    signal.throwIfAborted();
    const snapshot = await takeSnapshot(options, server, mark);
    const image = await untilStored(options, snapshot, signal);
    progress(90);
    await remove(options, { kind: 'server', id: server }, log);
    return snapshotArtifact(options, image, signal, tidy);
  } catch (error) {
    await tidy();
    throw error;
  }
}

/** Builds on servers of a cloud: boots an installer with the script as user data, and takes the disk when it has shut itself off. */
export function createNova(options: NovaOptions): BuildBackend {
  return {
    name: 'nova',
    declines: (spec) => {
      const plan = planOf(options.images, spec);
      return typeof plan === 'string' ? plan : undefined;
    },
    build: async (order, site) => {
      const plan = planOf(options.images, order.spec);
      if (typeof plan === 'string') throw new BuildFailure(plan);
      return install(options, plan, order.id, site);
    },
    check: () => checkNova(options),
  };
}
