import type { BuildBackend } from '../../../builder/backend.ts';
import { createBlank } from '../../../builder/backends/blank.ts';
import type { CommandConfig } from '../../../config/builder-schema.ts';
import type { BuilderServices } from './services.ts';
import { Unusable } from './unusable.ts';

type Factory = (config: CommandConfig, services: BuilderServices | undefined) => BuildBackend;

const factories: Readonly<Record<string, Factory>> = {
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
  return names.map((name) => {
    const create = factories[name];
    if (create) return create(config, services);
    throw new Unusable(`no back end ${name}; there are ${backendNames.join(', ')}`);
  });
}
