import { randomUUID } from 'node:crypto';
import { type Artifact, type BuildBackend, BuildFailure, type BuildSite } from '../../backend.ts';
import { clear, remove, removeLeftovers } from './belongings.ts';
import { checkNova } from './check.ts';
import { boot, untilOff } from './installation.ts';
import type { Mark } from './mark.ts';
import type { NovaOptions } from './options.ts';
import { type Plan, planOf } from './plan.ts';
import { snapshotArtifact, takeSnapshot, untilStored } from './snapshot.ts';

export type { NovaOptions } from './options.ts';

async function install(
  options: NovaOptions,
  plan: Plan,
  mark: Mark,
  site: BuildSite,
): Promise<Artifact> {
  const { signal, progress, log } = site;
  signal.throwIfAborted();
  const server = await boot(options, plan, mark);
  signal.throwIfAborted();
  const base = options.publicUrl.replace(/\/+$/, '');
  site.locate({ server: `${base}/servers/${server}`, image: `${base}/images/${plan.image}` });
  progress(5);
  await untilOff(options, server, site);
  progress(70);
  const snapshot = await takeSnapshot(options, server, mark);
  const image = await untilStored(options, snapshot, signal);
  progress(90);
  await remove(options, { kind: 'server', id: server }, log);
  return snapshotArtifact(options, image, signal, () => clear(options, mark, log));
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
      const mark = { build: order.id, attempt: randomUUID() };
      await removeLeftovers(options, order.id, site.log, site.signal);
      try {
        return await install(options, plan, mark, site);
      } catch (error) {
        await clear(options, mark, site.log);
        throw error;
      }
    },
    check: () => checkNova(options),
  };
}
