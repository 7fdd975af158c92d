import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { imageId, manyIds } from '../canned/documents.ts';
import { commandPath } from '../tools.ts';
import type { Asked, Loaded } from './load.ts';

/** Goes through the many ids, and says what happened as one line of JSON. */
function script(path: string): string {
  const [before, after] = path.split('{id}');
  const stem = imageId(0).slice(0, -12);
  const target =
    after === undefined
      ? JSON.stringify(path)
      : `${JSON.stringify(before + stem)} .. string.format('%012x', n) .. ${JSON.stringify(after)}`;
  return `
local requests, next = {}, 0
function init(args)
  for n = 0, ${manyIds - 1} do
    requests[n] = wrk.format('GET', ${target})
  end
end
function request()
  next = (next + 1) % ${manyIds}
  return requests[next]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\nRESULT {"requests":%d,"seconds":%f,"p99":%f,"failed":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

/** Loads a server with GETs for some seconds. */
export async function runWrk(
  bench: Bench,
  { url, path, token, connections }: Asked,
  seconds: number,
): Promise<Loaded> {
  const file = join(bench.lifetime.folder('wrk'), 'load.lua');
  writeFileSync(file, script(path));
  const command = [
    commandPath('wrk'),
    '-t1',
    `-c${connections}`,
    // large lists over many connections take their time without having failed
    '--timeout=20s',
    `-d${seconds}s`,
    `-HX-Auth-Token: ${token}`,
    `-s${file}`,
    url,
  ];
  const output = await bench.lifetime.run({ side: 'load', command }, (seconds + 20) * 1000);
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk said nothing useful: ${output}`);
  return JSON.parse(line) as Loaded;
}
