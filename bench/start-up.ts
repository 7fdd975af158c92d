import type { Bench } from './bench.ts';
import { median } from './results.ts';
import { startGateway } from './servers.ts';

/** Milliseconds from starting the gateway's process to its first answer (a HEAD of v1, fetched from the Image service). */
export async function measureStartUp(bench: Bench): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const start = performance.now();
    const server = await startGateway(bench, bench.glance.changing);
    times.push(performance.now() - start);
    await server.stop();
  }
  return median(times);
}
