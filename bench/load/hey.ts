import type { Bench } from '../bench.ts';
import { imageId } from '../canned/documents.ts';
import { commandPath } from '../tools.ts';
import type { Asked, Loaded } from './load.ts';

/** hey asks for one URL only, so several of them share the connections. */
const processes = 8;

/** Loads a server with HEADs for some seconds; wrk cannot do that, as it waits for the body. */
export async function runHey(
  bench: Bench,
  { url, path, token, connections }: Asked,
  seconds: number,
): Promise<Loaded> {
  const outputs = await Promise.all(
    Array.from({ length: processes }, (_, n) => {
      const command = [
        commandPath('hey'),
        ...[
          '-m',
          'HEAD',
          '-z',
          `${seconds}s`,
          '-c',
          String(Math.ceil(connections / processes)),
          '-cpus',
          '1',
        ],
        ...['-disable-compression', '-H', `X-Auth-Token: ${token}`, '-o', 'csv'],
        url + path.replace('{id}', imageId(n)),
      ];
      return bench.lifetime.run({ side: 'load', command }, (seconds + 20) * 1000);
    }),
  );
  const times: number[] = [];
  let failed = 0;
  for (const line of outputs.join('\n').split('\n')) {
    const fields = line.split(',');
    const time = Number(fields[0]);
    if (fields.length < 8 || !(time >= 0)) continue;
    times.push(time);
    if (fields[6] !== '200') failed += 1;
  }
  times.sort((a, b) => a - b);
  const p99 = (times[Math.floor(times.length * 0.99)] ?? 0) * 1000;
  return { requests: times.length, seconds, p99, failed };
}
