import type * as z from 'zod/mini';
import { builderKeys, commandSchema } from '../../src/config/builder-schema.ts';
import { meaningOf } from '../../src/config/kinds.ts';
import { configKeys, environmentName, flagName, isFileOnly } from '../../src/config/schema.ts';
import { code, table } from './markdown.ts';

type Key = keyof typeof commandSchema.shape;

const defaults: z.output<typeof commandSchema> = commandSchema.parse({});

function defaultOf(key: Key): string {
  const value = defaults[key];
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length > 0 ? code(value.join(',')) : 'none';
  return typeof value === 'object' ? 'none' : code(value);
}

const tableOf = (keys: readonly Key[]): string =>
  table(
    ['variable', 'flag', 'file key', 'default', 'meaning'],
    keys.map((key) => [
      isFileOnly(key) ? '' : code(environmentName(key)),
      isFileOnly(key) ? '' : code(`--${flagName(key)}`),
      code(key),
      defaultOf(key),
      meaningOf(commandSchema.shape[key]).says,
    ]),
  );

/** Every setting of the gateway, from the schema. */
export const settingsTable = (): string => tableOf(configKeys);

/** What the image builder is told beyond them. */
export const builderSettingsTable = (): string => tableOf(builderKeys);

/** Settings that a Worker takes no notice of, as a sentence's part. */
export const nodeOnlySettings = (): string =>
  configKeys
    .filter((key) => meaningOf(commandSchema.shape[key]).nodeOnly)
    .map((key) => code(isFileOnly(key) ? key : environmentName(key)))
    .join(', ');
