import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Bench, openBench } from './bench.ts';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import { profileScenario } from './profile.ts';
import { renderMachine, writeDocuments } from './report/document.ts';
import { flameGraph } from './report/flame.ts';
import { busiestFunctions } from './report/profile.ts';
import { renderTables } from './report/tables.ts';
import { runRounds } from './rounds.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { measureStartUp } from './start-up.ts';
import { missingTools } from './tools.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Ends the run with exit code 2: nothing was measured, and this is why. */
function refuse(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}

function read(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function choose({ only, profile }: Options): readonly Scenario[] {
  const named = only ?? (profile ? 'v1-head' : '');
  const exact = scenarios.filter(({ name }) => name === named);
  const chosen = exact.length > 0 ? exact : scenarios.filter(({ name }) => name.includes(named));
  if (chosen.length > 0) return chosen;
  return refuse(`no scenario ${named}; there are ${scenarios.map(({ name }) => name).join(', ')}`);
}

async function profile(bench: Bench, [scenario]: readonly Scenario[]): Promise<void> {
  if (!scenario) return;
  say(`profiling ${scenario.name}`);
  const file = await profileScenario(bench, scenario);
  for (const line of busiestFunctions(file)) say(line);
  const graph = file.replace(/cpuprofile$/, 'svg');
  writeFileSync(graph, flameGraph(file));
  say(`\n${file}\n${graph}`);
}

async function compare(bench: Bench, chosen: readonly Scenario[]): Promise<void> {
  const { options } = bench;
  const machine = describeMachine(options.node);
  const startUp = await measureStartUp(bench);
  const results = { startUp, ...(await runRounds(bench, chosen, say)) };
  say(`\n${renderMachine(machine, options, results.rounds)}\n\n${renderTables(results)}`);
  if (options.quick || options.only !== undefined) return;
  writeDocuments(machine, options, results);
  say('\nwritten to docs/performance.md and docs/performance.json');
}

const options = read();
const missing = missingTools();
if (missing.length > 0) {
  refuse(
    `missing: ${missing.join(', ')}. On Debian:\n\n  sudo apt-get install ${missing.join(' ')}`,
  );
}
const chosen = choose(options);
setTimeout(() => {
  process.stderr.write('the bench takes too long and is given up\n');
  process.exit(1);
}, options.deadline).unref();
const root = fileURLToPath(new URL('..', import.meta.url));
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
try {
  const bench = await openBench(options);
  await (options.profile ? profile(bench, chosen) : compare(bench, chosen));
  process.exit(0);
} catch (error) {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    process.stderr.write(`${each.message}\n`);
  }
  process.exit(1);
}
