import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import { isPublicAddress } from '../../src/core/import-filter.ts';

/** Fetches a URL by way of a proxy: the status and what was said. */
export async function fetchThrough(
  proxy: string,
  url: string,
): Promise<{ status: number | undefined; said: string }> {
  const { hostname, port } = new URL(proxy);
  const asking = request({ hostname, port, path: url, agent: false }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, said: await text(answer) };
}

/** Resolves any name to the next address, and lets public ones pass: a name whose owner changes it between two looks. */
export function changingLookup(...addresses: string[]) {
  const lookup: LookupFunction = (_name, options, callback) => {
    const address = addresses.shift() ?? '';
    if (!isPublicAddress(address)) callback(new Error('no public address'), []);
    else if (options.all) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };
  return { lookup, left: addresses };
}
