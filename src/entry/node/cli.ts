import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { builderKeys, type CommandConfig, commandSchema } from '../../config/builder-schema.ts';
import { meaningOf } from '../../config/kinds.ts';
import { type ConfigProblem, type Loaded, loadSettings, printable } from '../../config/load.ts';
import { configKeys, environmentName, flagName, isFileOnly } from '../../config/schema.ts';
import { dialects } from '../../dialects/index.ts';
import { version } from '../../version.ts';
import { audit } from './audit.ts';
import { banner } from './banner.ts';
import { builder, checkBuilder } from './builder/command.ts';
import { startGateway } from './gateway.ts';
import { serveAsWorker, startWorkers, workerCount, workersProblem } from './workers.ts';

type Key = keyof typeof commandSchema.shape;

const settingLines = (keys: readonly Key[]): string =>
  keys
    .filter((key) => !isFileOnly(key))
    .map(
      (key) =>
        `  --${flagName(key).padEnd(22)} ${environmentName(key).padEnd(34)} ${meaningOf(commandSchema.shape[key]).says}`,
    )
    .join('\n');

const usage =
  (): string => `polyglance ${version} — clients of retired OpenStack image APIs, in front of one Glance v2

Usage:
  polyglance serve [flags]    serve (until SIGTERM or SIGINT)
  polyglance check [flags]    check the configuration and print it
  polyglance audit [flags] [--json]
                              list images whose StarlingX properties hold what the rules refuse;
                              asks Glance (--glance-url) with the token in POLYGLANCE_TOKEN; exit code 1 when there are any
  polyglance builder [flags] [--check]
                              build the images that are ordered with POST /images (until SIGTERM or SIGINT); with --check,
                              say what can be built here and what is missing. Works on Glance (--glance-url; a gateway will
                              do) as an admin: with the token in POLYGLANCE_TOKEN, or --builder-user at the Identity service
  polyglance --help | --version

Settings: file (--config FILE, YAML or JSON) < environment < flags.
${settingLines(configKeys)}

Of the builder:
${settingLines(builderKeys)}
`;

const commands: ReadonlySet<string> = new Set(['serve', 'check', 'audit', 'builder']);

interface Arguments {
  readonly command: string | undefined;
  readonly configFile: string | undefined;
  readonly flags: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly check: boolean;
  readonly asks: 'help' | 'version' | undefined;
}

const settingFlags = Object.keys(commandSchema.shape)
  .filter((key) => !isFileOnly(key))
  .map(flagName);

/** Reads the command line; unknown flags are kept, so that they are reported together with everything else. */
function readArguments(args: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(settingFlags.map((name) => [name, text])),
      config: text,
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      json: { type: 'boolean' },
      check: { type: 'boolean' },
    },
  });
  const { check, config, help, json, version: asksVersion, ...others } = values;
  const flags = Object.entries(others).map(([name, value]) => [name, String(value)]);
  return {
    command: positionals[0],
    configFile: typeof config === 'string' ? config : undefined,
    flags: Object.fromEntries(flags),
    json: json === true,
    check: check === true,
    asks: help ? 'help' : asksVersion ? 'version' : undefined,
  };
}

function readFile(
  name: string | undefined,
): { name: string; settings: unknown } | undefined | ConfigProblem {
  if (name === undefined) return undefined;
  try {
    return { name, settings: parseYaml(readFileSync(name, 'utf8')) };
  } catch (error) {
    return { where: name, message: error instanceof Error ? error.message : 'cannot be read' };
  }
}

function load({ configFile, flags }: Arguments): Loaded<CommandConfig> {
  const file = readFile(configFile ?? process.env['POLYGLANCE_CONFIG']);
  if (file && 'message' in file) return { ok: false, problems: [file] };
  const loaded = loadSettings({ file, environment: process.env, flags }, commandSchema);
  if (!loaded.ok) return loaded;
  const { config } = loaded;
  const problems: ConfigProblem[] = [];
  const wrong = (key: Key, message: string | undefined): void => {
    if (message === undefined) return;
    const flag = flagName(key) in flags ? `--${flagName(key)}` : undefined;
    const variable = process.env[environmentName(key)] ? environmentName(key) : key;
    problems.push({ where: flag ?? variable, message });
  };
  const names = new Set(dialects.map((dialect) => dialect.listener));
  const unknown = Object.keys(config.listen).filter((name) => !names.has(name));
  if (unknown.length > 0) {
    wrong('listen', `no dialect ${unknown.join(', ')}; there are ${[...names].join(', ')}`);
  }
  wrong('workers', workersProblem(config));
  return problems.length > 0 ? { ok: false, problems } : loaded;
}

async function serve(config: CommandConfig): Promise<void> {
  if (cluster.isWorker) return serveAsWorker(config);
  const count = workerCount(config);
  const gateway = await (count > 1 ? startWorkers(config, count) : startGateway(config));
  let stopping = false;
  const stop = (): void => {
    // the second signal means now
    if (stopping) process.exit(1);
    stopping = true;
    void gateway.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stderr.write(banner(version, config, gateway));
}

/** Runs the command line. Exit codes: 0 well, 1 could not start (audit: something was found), 2 wrong usage or configuration. */
export async function main(args: readonly string[]): Promise<void> {
  const given = readArguments(args);
  if (given.asks === 'version') {
    process.stdout.write(`${version}\n`);
    return;
  }
  if (given.asks === 'help' || !commands.has(given.command ?? '')) {
    (given.asks ? process.stdout : process.stderr).write(usage());
    if (!given.asks) process.exitCode = 2;
    return;
  }
  const loaded = load(given);
  if (!loaded.ok) {
    for (const { where, message } of loaded.problems)
      process.stderr.write(`${where}: ${message}\n`);
    process.exitCode = 2;
    return;
  }
  for (const { where, message } of cluster.isWorker ? [] : loaded.warnings)
    process.stderr.write(`${where}: ${message}\n`);
  if (given.command === 'check') {
    process.stdout.write(`${JSON.stringify(printable(loaded.config, commandSchema), null, 2)}\n`);
    return;
  }
  if (given.command === 'audit') {
    process.exitCode = await audit(loaded.config, process.env['POLYGLANCE_TOKEN'], given.json);
    return;
  }
  if (given.command === 'builder') {
    const command = given.check ? checkBuilder : builder;
    process.exitCode = await command(loaded.config, process.env['POLYGLANCE_TOKEN']);
    return;
  }
  try {
    await serve(loaded.config);
  } catch (error) {
    process.stderr.write(
      `cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
