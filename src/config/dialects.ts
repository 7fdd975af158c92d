import type { DialectSettings } from '../dialects/index.ts';
import type { Config } from './schema.ts';

/** The part of the configuration that dialects are made with. */
export function dialectSettings(config: Config): DialectSettings {
  return {
    nova: { highest: Number(config.novaMaxVersion.slice(2)), beyond: config.novaServeBeyond },
  };
}
