import type { Bench } from '../bench.ts';
import { dataIds, smallBytes, warmBytes } from '../canned/documents.ts';
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

/** Bytes that the Image service for uploads has read since it was asked last. */
const taken = async ({ sink }: Bench): Promise<number> =>
  Number((await ask(`${sink}/received`)).body);

/** Moves image data through a server once, and makes sure that every byte came through. */
export async function transfer(
  bench: Bench,
  scenario: TransferScenario,
  server: Server,
): Promise<TransferSample> {
  const { direction, framing, headers, streams } = scenario;
  const each = streams > 1 ? smallBytes : bench.options.dataBytes;
  const dataBytes = each * streams;
  const path = server.translates ? scenario.path : scenario.yardstick;
  const isUpload = direction === 'up';
  const method = isUpload && !server.translates ? 'PUT' : scenario.method;
  const order = (id: string, bytes: number, at: number): TransferOrder => ({
    url: server.url + path.replace('{id}', id),
    method,
    headers: { 'x-auth-token': 'bench', ...headers },
    bytes: isUpload ? bytes : 0,
    chunked: framing === 'chunked',
    streams: at,
  });
  await carry(bench, order(dataIds.warm, warmBytes, 1));
  await taken(bench);
  const before = cpuSeconds(server.pid);
  const { status, seconds, received } = await carry(
    bench,
    order(streams > 1 ? dataIds.small : dataIds[framing], each, streams),
  );
  const used = cpuSeconds(server.pid) - before;
  const arrived = isUpload ? await taken(bench) : received;
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
