import type * as z from 'zod/mini';
import { meaningOf } from './kinds.ts';
import { type Config, configSchema, environmentName, flagName, isFileOnly } from './schema.ts';

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** Where it was said: a file's key path, an environment variable or a flag. */
  readonly where: string;
  readonly message: string;
}

export type Loaded<Settings = Config> =
  | {
      readonly ok: true;
      readonly config: Settings;
      /** What is odd but does not stand in the way. */
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Raw settings by source; a later source wins over an earlier one. */
export interface ConfigSources {
  readonly file?: { readonly name: string; readonly settings: unknown } | undefined;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, string>>;
}

function nearest(name: string, names: readonly string[]): string {
  const lower = name.toLowerCase();
  const start = lower.slice(0, Math.max(4, lower.length - 3));
  const close =
    names.find((each) => each.toLowerCase() === lower) ??
    names.find((each) => each.toLowerCase().startsWith(start));
  return close ? `; did you mean ${close}?` : '';
}

/** Variables with the product's prefix that are no settings. */
const otherVariables = /^POLYGLANCE_(?:CONFIG|TOKEN|TEST_.*)$/;

/** Variables that look like settings and are none; they may be meant for another version. */
function strayVariables(
  environment: Readonly<Record<string, unknown>>,
  names: readonly string[],
): ConfigProblem[] {
  const known = new Set(names);
  return Object.keys(environment)
    .filter(
      (name) => name.startsWith('POLYGLANCE_') && !known.has(name) && !otherVariables.test(name),
    )
    .map((name) => ({ where: name, message: `unknown variable${nearest(name, names)}` }));
}

function merge(
  sources: ConfigSources,
  keys: readonly string[],
  problems: ConfigProblem[],
): { raw: Record<string, unknown>; origin: Map<string, string> } {
  const raw: Record<string, unknown> = {};
  const origin = new Map<string, string>();
  const set = (key: string, value: unknown, where: string): void => {
    raw[key] = value;
    origin.set(key, where);
  };
  const { file } = sources;
  if (file) {
    const { settings } = file;
    if (settings === null || settings === undefined) {
      // a file of comments sets nothing
    } else if (typeof settings !== 'object' || Array.isArray(settings)) {
      problems.push({ where: file.name, message: 'must be a mapping of settings' });
    } else {
      for (const [key, value] of Object.entries(settings)) {
        if (keys.includes(key)) set(key, value, `${file.name}: ${key}`);
        else
          problems.push({
            where: `${file.name}: ${key}`,
            message: `unknown setting${nearest(key, keys)}`,
          });
      }
    }
  }
  const open = keys.filter((key) => !isFileOnly(key));
  for (const key of open) {
    const name = environmentName(key);
    const value = sources.environment[name];
    // an empty variable is how scripts unset one; a Worker's may be null, or a number, for which the schema speaks
    if (value !== undefined && value !== null && value !== '') set(key, value, name);
  }
  const flagNames = new Map(open.map((key) => [flagName(key), key]));
  for (const [flag, value] of Object.entries(sources.flags)) {
    const key = flagNames.get(flag);
    if (key) set(key, value, `--${flag}`);
    else
      problems.push({
        where: `--${flag}`,
        message: `unknown flag${nearest(flag, [...flagNames.keys()])}`,
      });
  }
  return { raw, origin };
}

function place(issue: z.core.$ZodIssue, origin: ReadonlyMap<string, string>): string {
  const [key, ...rest] = issue.path.map(String);
  return [origin.get(key ?? '') ?? key, ...rest].join('.');
}

/**
 * Puts the sources together and checks them against a schema; every problem is told at once, never the value of a secret.
 */
export function loadSettings<Schema extends z.ZodMiniObject>(
  sources: ConfigSources,
  schema: Schema,
): Loaded<z.output<Schema>> {
  const problems: ConfigProblem[] = [];
  const keys = Object.keys(schema.shape);
  const { raw, origin } = merge(sources, keys, problems);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const { says } = meaningOf(schema.shape[String(issue.path[0])]);
      problems.push({ where: place(issue, origin), message: `${issue.message} (${says})` });
    }
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const names = keys.filter((key) => !isFileOnly(key)).map(environmentName);
  return { ok: true, config: parsed.data, warnings: strayVariables(sources.environment, names) };
}

/** The gateway's configuration, as {@link loadSettings}. */
export const loadConfig = (sources: ConfigSources): Loaded => loadSettings(sources, configSchema);

/** Settings for people: secrets as `***`. */
export function printable(
  settings: Readonly<Record<string, unknown>>,
  schema: z.ZodMiniObject = configSchema,
): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [key, form] of Object.entries(schema.shape)) {
    const value = settings[key];
    shown[key] = meaningOf(form).secret && value !== undefined ? '***' : value;
  }
  return shown;
}
