import type { Config } from '../config/schema.ts';
import { defaultImportFilter, type ImportFilter } from '../core/import-filter.ts';
import type { PlatformOptions } from '../platform/platform.ts';

/** Where the configuration lets image data be fetched from. */
export const importFilterOf = (config: Config): ImportFilter => ({
  ...defaultImportFilter,
  hosts: config.importAllowedHosts,
  ports: config.importAllowedPorts,
});

/** The part of the configuration that a platform is made with. */
export const platformOptions = (config: Config): PlatformOptions => ({
  importFilter: importFilterOf(config),
  timeouts: {
    connect: config.connectTimeout,
    firstByte: config.firstByteTimeout,
    idle: config.idleTimeout,
  },
});
