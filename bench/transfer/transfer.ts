import type { Bench } from '../bench.ts';
import { dataIds, warmBytes } from '../canned/documents.ts';
import { ask } from '../processes/ports.ts';
import { cpuSeconds, peakMebibytes } from '../processes/usage.ts';
import type { TransferSample } from '../results.ts';
import type { TransferScenario } from '../scenarios.ts';
import type { Server } from '../servers.ts';
import type { TransferOrder, TransferOutcome } from './client.ts';

const limit = 120_000;

async function carry(bench: Bench, order: TransferOrder): Promise<TransferOutcome> {
  const command = [process.execPath, bench.programs.transferClient, JSON.stringify(order)];
  return JSON.parse(await bench.lifetime.run({ side: 'load', command }, limit)) as TransferOutcome;
}

/** Moves image data through a server once, and makes sure that every byte came through. */
export async function transfer(
  bench: Bench,
  scenario: TransferScenario,
  server: Server,
): Promise<TransferSample> {
  const { direction, framing, headers } = scenario;
  const { dataBytes } = bench.options;
  const path = server.translates ? scenario.path : scenario.yardstick;
  const isUpload = direction === 'up';
  const method = isUpload && !server.translates ? 'PUT' : scenario.method;
  const order = (id: string, bytes: number, chunked: boolean): TransferOrder => ({
    url: server.url + path.replace('{id}', id),
    method,
    headers: { 'x-auth-token': 'bench', ...headers },
    bytes: isUpload ? bytes : 0,
    chunked,
  });
  await carry(bench, order(dataIds.warm, warmBytes, framing === 'chunked'));
  const before = cpuSeconds(server.pid);
  const { status, seconds, received } = await carry(
    bench,
    order(dataIds[framing], dataBytes, framing === 'chunked'),
  );
  const used = cpuSeconds(server.pid) - before;
  const arrived = isUpload ? Number((await ask(`${bench.sink}/received`)).body) : received;
  if (status >= 300 || arrived !== dataBytes) {
    throw new Error(
      `${scenario.name} through ${server.kind}: status ${status}, ${arrived} of ${dataBytes} bytes`,
    );
  }
  return {
    rate: dataBytes / 1e6 / seconds,
    cpu: used / (dataBytes / 1024 ** 3),
    peak: peakMebibytes(server.pid),
  };
}
