import type { Config } from '../config/schema.ts';
import { defaultImportFilter, type ImportFilter } from '../core/import-filter.ts';

/** Where the configuration lets image data be fetched from. */
export const importFilterOf = (config: Config): ImportFilter => ({
  ...defaultImportFilter,
  hosts: config.importAllowedHosts,
  ports: config.importAllowedPorts,
});
