import type { Config } from '../config/schema.ts';
import type { OpenSource } from '../core/source.ts';
import {
  createEmbeddedGlance,
  defaultIdentities,
  type EmbeddedGlance,
  type EmbeddedIdentity,
  type ImageStore,
} from '../embedded/index.ts';
import { importFilterOf } from './platform-options.ts';

/** The embedded Image service, and who may use it. */
export interface Embedded {
  readonly glance: EmbeddedGlance;
  readonly identities: readonly EmbeddedIdentity[];
}

/** The embedded Image service on a store, for the configured identities. */
export function createEmbedded(
  config: Config,
  store: ImageStore,
  openSource: OpenSource,
): Embedded {
  const identities = config.identities ?? defaultIdentities;
  const importFilter = importFilterOf(config);
  return {
    glance: createEmbeddedGlance({ store, identities, importFilter, openSource }),
    identities,
  };
}
