import type { Config } from '../config/schema.ts';
import type { DialectSettings } from '../dialects/index.ts';

/** The part of the configuration that dialects are made with. */
export function dialectSettings(config: Config): DialectSettings {
  return {
    glanceV2: { rules: config.starlingx, stores: new Map(Object.entries(config.starlingxStores)) },
    nova: {
      highest: Number(config.novaMaxVersion.slice(2)),
      beyond: config.novaServeBeyond,
      building: config.builders ?? config.glanceUrl === undefined,
    },
  };
}
