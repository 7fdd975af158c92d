import type { Config } from '../../config/schema.ts';
import type { OpenSource } from '../../core/source.ts';
import { createEmbeddedGlance, defaultIdentities } from '../../embedded/index.ts';
import { FileStore } from '../../embedded/store-files.ts';
import { type Embedded, importFilterOf } from '../compose.ts';

/** The embedded Image service in the configured folder; rejects when it cannot be opened. */
export async function openEmbedded(config: Config, openSource: OpenSource): Promise<Embedded> {
  const identities = config.identities ?? defaultIdentities;
  const glance = createEmbeddedGlance({
    store: new FileStore(config.data),
    identities,
    importFilter: importFilterOf(config),
    openSource,
  });
  await glance.ready();
  return { glance, identities };
}
