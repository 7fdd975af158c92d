import type { Config } from '../../config/schema.ts';
import { createEmbeddedGlance, defaultIdentities } from '../../embedded/index.ts';
import { fetchSource, resolveHost } from '../../embedded/source-node.ts';
import { FileStore } from '../../embedded/store-files.ts';
import type { Embedded } from '../compose.ts';

/** The embedded Image service in the configured folder; rejects when it cannot be opened. */
export async function openEmbedded(config: Config): Promise<Embedded> {
  const identities = config.identities ?? defaultIdentities;
  const glance = createEmbeddedGlance({
    store: new FileStore(config.data),
    identities,
    fetchSource,
    resolveHost,
    importHosts: {
      allowedHosts: config.importAllowedHosts,
      allowedPorts: config.importAllowedPorts,
    },
  });
  await glance.ready();
  return { glance, identities };
}
