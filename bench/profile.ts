import { copyFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { load } from './load/load.ts';
import type { Scenario } from './scenarios.ts';
import { behindOf, startGateway, startOf } from './servers.ts';
import { transfer } from './transfer/transfer.ts';

/** Runs one scenario with the gateway under Node's profiler; answers the file, which stays. */
export async function profileScenario(bench: Bench, scenario: Scenario): Promise<string> {
  const profileFolder = bench.lifetime.folder('profile');
  const server = await startGateway(bench, behindOf(bench, scenario), {
    ...startOf(scenario),
    profileFolder,
  });
  if (scenario.kind === 'load') await load(bench, scenario, server);
  else await transfer(bench, scenario, server);
  // the profile is written at an orderly end
  await server.stop();
  const [made] = readdirSync(profileFolder);
  if (made === undefined) throw new Error('the gateway left no profile');
  const kept = join(tmpdir(), `polyglance-${scenario.name}.cpuprofile`);
  copyFileSync(join(profileFolder, made), kept);
  return kept;
}
