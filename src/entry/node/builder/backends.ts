import type { BuildBackend } from '../../../builder/backend.ts';
import { createBlank } from '../../../builder/backends/blank.ts';
import { createDebianRootfs } from '../../../builder/backends/debian-rootfs/index.ts';
import { diskBytes } from '../../../builder/backends/debian-rootfs/names.ts';
import { createExternal } from '../../../builder/backends/external.ts';
import { createInstaller } from '../../../builder/backends/installer/index.ts';
import { createNova } from '../../../builder/backends/nova/index.ts';
import { unconfigured } from '../../../builder/backends/unconfigured.ts';
import { type ChooseAccelerator, createAccelerator } from '../../../builder/machine/accelerator.ts';
import { type Sources, sourceFilter } from '../../../builder/sources.ts';
import type { CommandConfig } from '../../../config/builder-schema.ts';
import { GlanceClient } from '../../../glance/client.ts';
import { ComputeClient } from '../../../glance/compute.ts';
import { publicLookup } from '../../../platform/node/public-lookup.ts';
import { createNodeSource } from '../../../platform/node/source.ts';
import { rootOf } from '../../compose.ts';
import { platformOptions } from '../../platform-options.ts';
import type { BuilderServices } from './services.ts';
import { Unusable } from './unusable.ts';

/** What back ends have in common. */
interface Shared {
  readonly services: BuilderServices | undefined;
  /** What it finds out about one kernel is of use to all. */
  readonly accelerator: ChooseAccelerator;
}

type Factory = (config: CommandConfig, shared: Shared) => BuildBackend;

const gibibyte = 1024 ** 3;

function sourcesOf(config: CommandConfig): Sources {
  const filter = sourceFilter(config.builderSources);
  const { timeouts } = platformOptions(config);
  return { filter, publicLookup, open: createNodeSource(filter, timeouts) };
}

const debianRootfs: Factory = (config, { accelerator }) => {
  const { builderMirror, builderSecurityMirror, builderMemory, builderNetwork } = config;
  if (config.builderDisk * gibibyte < diskBytes) {
    return unconfigured('debian-rootfs', `needs --builder-disk ${diskBytes / gibibyte} or more`);
  }
  return createDebianRootfs({
    mirror: builderMirror,
    security: builderSecurityMirror,
    sources: sourcesOf(config),
    accelerator,
    memory: builderMemory,
    network: builderNetwork,
  });
};

const installer: Factory = (config, { accelerator }) => {
  try {
    return createInstaller({
      installers: config.builderInstallers,
      mirror: config.builderMirror,
      sources: sourcesOf(config),
      accelerator,
      memory: config.builderMemory,
      disk: config.builderDisk * gibibyte,
    });
  } catch (error) {
    throw new Unusable(`--builder-installers: ${(error as Error).message}`);
  }
};

const external: Factory = ({ builderCommand: command, builderDisk }) =>
  command === undefined
    ? unconfigured('external', 'needs --builder-command')
    : createExternal({ command, disk: builderDisk * gibibyte });

const nova: Factory = (config, { services }) => {
  const { computeUrl, publicUrl, builderNovaFlavor: flavor } = config;
  if (!services?.compute || computeUrl === undefined) {
    return unconfigured('nova', 'needs --compute-url, --glance-url and an admin of both');
  }
  if (flavor === undefined) return unconfigured('nova', 'needs --builder-nova-flavor');
  return createNova({
    compute: new ComputeClient(services.compute),
    glance: new GlanceClient(services.glance),
    poll: config.builderPoll,
    publicUrl: `${publicUrl ?? rootOf(computeUrl)}/v2.1`,
    images: config.builderNovaImages,
    flavor,
    network: config.builderNovaNetwork,
  });
};

const factories: Readonly<Record<string, Factory>> = {
  'debian-rootfs': debianRootfs,
  installer,
  nova,
  external,
  blank: createBlank,
};

/** Every back end, in the order of `--check`. */
export const backendNames = Object.keys(factories);

/** Back ends as they are configured. Throws {@link Unusable} for a name that none has. */
export function backendsOf(
  config: CommandConfig,
  names: readonly string[],
  services: BuilderServices | undefined,
): BuildBackend[] {
  const shared = { services, accelerator: createAccelerator(config.builderAccelerator) };
  return names.map((name) => {
    const create = factories[name];
    if (create) return create(config, shared);
    throw new Unusable(`no back end ${name}; there are ${backendNames.join(', ')}`);
  });
}
