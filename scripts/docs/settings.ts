import {
  configKeys,
  configSchema,
  environmentName,
  flagName,
  isFileOnly,
  meaningOf,
} from '../../src/config/schema.ts';
import { code, table } from './markdown.ts';

function defaultOf(key: (typeof configKeys)[number]): string {
  const parsed = configSchema.parse({})[key];
  if (parsed === undefined) return 'none';
  if (Array.isArray(parsed)) return parsed.length > 0 ? code(parsed.join(',')) : 'none';
  return typeof parsed === 'object' ? 'none' : code(parsed);
}

/** Every setting, from the schema. */
export function settingsTable(): string {
  return table(
    ['variable', 'flag', 'file key', 'default', 'meaning'],
    configKeys.map((key) => [
      isFileOnly(key) ? '' : code(environmentName(key)),
      isFileOnly(key) ? '' : code(`--${flagName(key)}`),
      code(key),
      defaultOf(key),
      meaningOf(key).says,
    ]),
  );
}
