import type { Bench } from '../bench.ts';
import { documents, imageId } from '../canned/documents.ts';
import { ask } from '../processes/ports.ts';
import { cpuSeconds, peakMebibytes } from '../processes/usage.ts';
import type { LoadSample } from '../results.ts';
import { type LoadScenario, usualConnections } from '../scenarios.ts';
import type { Server } from '../servers.ts';
import { runHey } from './hey.ts';
import { runWrk } from './wrk.ts';

/** What a load generator saw; `p99` in milliseconds. */
export interface Loaded {
  readonly requests: number;
  readonly seconds: number;
  readonly p99: number;
  readonly failed: number;
}

/** What is asked of a server, and by how many clients. */
export interface Asked {
  readonly url: string;
  /** With `{id}` for one of the many ids. */
  readonly path: string;
  readonly token: string;
  readonly connections: number;
}

/** Node has compiled what it runs most after about so many requests; a slow machine gets a few more turns to get there. */
const warmRequests = 8_000;
const warmTurns = 3;

/** Images in a list, as JSON or XML. */
function countImages(body: string): number {
  if (body.startsWith('<')) return body.match(/<image /g)?.length ?? 0;
  return (JSON.parse(body) as { images: unknown[] }).images.length;
}

/** Makes sure that the server gives the right answer before its speed counts. */
async function check(scenario: LoadScenario, server: Server, path: string): Promise<void> {
  const { status, body } = await ask(
    server.url + path.replace('{id}', imageId(7)),
    scenario.method,
    scenario.token,
  );
  const expected = documents[scenario.answer];
  const images = expected > 0 ? countImages(body) : 0;
  if (status !== 200 || images !== expected) {
    throw new Error(`${scenario.name} through ${server.kind}: status ${status}, ${images} images`);
  }
}

/** Loads a server with one scenario, first to warm it up and then to measure. */
export async function load(
  bench: Bench,
  scenario: LoadScenario,
  server: Server,
): Promise<LoadSample> {
  const path = server.translates ? scenario.path : scenario.yardstick;
  const { warmSeconds, seconds } = bench.options;
  const { connections = usualConnections } = scenario;
  const run = scenario.method === 'HEAD' ? runHey : runWrk;
  const asked = { url: server.url, path, token: scenario.token ?? 'bench', connections };
  await check(scenario, server, path);
  for (let turn = 0, done = 0; turn < warmTurns && done < warmRequests; turn += 1) {
    done += (await run(bench, asked, warmSeconds)).requests;
  }
  const before = cpuSeconds(server.pid);
  const seen = await run(bench, asked, seconds);
  const used = cpuSeconds(server.pid) - before;
  if (seen.requests === 0 || seen.failed > 0) {
    throw new Error(`${seen.requests} requests answered, ${seen.failed} failed`);
  }
  return {
    rate: seen.requests / seen.seconds,
    cpu: (used * 1e6) / seen.requests,
    p99: seen.p99,
    peak: peakMebibytes(server.pid),
  };
}
