import type { Bench } from './bench.ts';
import { load } from './load/load.ts';
import {
  type LoadRow,
  type LoadSample,
  type Results,
  type Sample,
  summary,
  type TransferRow,
  type TransferSample,
} from './results.ts';
import type { LoadScenario, Scenario, TransferScenario } from './scenarios.ts';
import { behindOf, type ServerKind, startOf, startServer } from './servers.ts';
import { transfer } from './transfer/transfer.ts';

/** One thing to do in every round, and the scenarios that it counts for. */
interface Task {
  readonly kind: ServerKind;
  readonly scenario: Scenario;
  readonly countsFor: readonly Scenario[];
}

/** Scenarios with the same yardstick are compared with the same measurement of it. */
function yardstickKey(scenario: Scenario): string {
  return scenario.kind === 'load'
    ? `${scenario.method} ${scenario.yardstick}`
    : `${scenario.direction} ${scenario.framing} ${scenario.streams}`;
}

function tasksOf(scenarios: readonly Scenario[]): Task[] {
  const groups = new Map<string, Scenario[]>();
  for (const scenario of scenarios) {
    const key = yardstickKey(scenario);
    groups.set(key, [...(groups.get(key) ?? []), scenario]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const yardsticks: ServerKind[] =
      first.kind === 'load' ? ['nginx', 'bare'] : ['nginx', 'bare', 'direct'];
    return [
      ...group.map((scenario): Task => ({ kind: 'gateway', scenario, countsFor: [scenario] })),
      ...yardsticks.map((kind): Task => ({ kind, scenario: first, countsFor: group })),
    ];
  });
}

async function measure(bench: Bench, { kind, scenario }: Task): Promise<Sample> {
  const server = await startServer(bench, kind, behindOf(bench, scenario), startOf(scenario));
  try {
    return scenario.kind === 'load'
      ? await load(bench, scenario, server)
      : await transfer(bench, scenario, server);
  } catch (error) {
    throw new Error(`${scenario.name} through ${kind}: ${server.said().slice(-2000)}`, {
      cause: error,
    });
  } finally {
    await server.stop();
  }
}

/**
 * Measures all scenarios, round after round, every other round in reverse: what slows the machine down for a while
 * then hits gateway and yardsticks alike. One server is loaded at a time.
 */
export async function runRounds(
  bench: Bench,
  scenarios: readonly Scenario[],
  say: (line: string) => void,
): Promise<Omit<Results, 'startUp'>> {
  const samples = new Map<Scenario, Map<ServerKind, Sample[]>>(
    scenarios.map((scenario) => [scenario, new Map()]),
  );
  const tasks = tasksOf(scenarios);
  let rounds = 0;
  for (let round = 1; round <= bench.options.rounds; round += 1) {
    const start = performance.now();
    for (const task of round % 2 === 1 ? tasks : tasks.toReversed()) {
      // how fast the load is by itself need not be known better than once
      if (task.kind === 'direct' && round > 1) continue;
      const sample = await measure(bench, task);
      say(
        `round ${round}  ${task.scenario.name.padEnd(22)} ${task.kind.padEnd(8)} ${sample.rate.toFixed(0)}/s, CPU ${sample.cpu.toFixed(2)}`,
      );
      for (const scenario of task.countsFor) {
        const byKind = samples.get(scenario);
        byKind?.set(task.kind, [...(byKind.get(task.kind) ?? []), sample]);
      }
    }
    rounds = round;
    // performance.now() counts from the start of the run
    const now = performance.now();
    if (now + 1.25 * (now - start) > bench.options.deadline) break;
  }
  const servers = <As extends Sample>(scenario: Scenario): Partial<Record<ServerKind, As>> =>
    Object.fromEntries(
      [...(samples.get(scenario) ?? [])].map(([kind, list]) => [kind, summary(list as As[])]),
    );
  const rows = <Of extends Scenario>(kind: Of['kind']): Of[] =>
    scenarios.filter((scenario): scenario is Of => scenario.kind === kind);
  return {
    rounds,
    load: rows<LoadScenario>('load').map(
      (scenario): LoadRow => ({ scenario, servers: servers<LoadSample>(scenario) }),
    ),
    transfer: rows<TransferScenario>('transfer').map(
      (scenario): TransferRow => ({ scenario, servers: servers<TransferSample>(scenario) }),
    ),
  };
}
