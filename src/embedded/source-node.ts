import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Resolve } from './data/import-filter.ts';
import type { FetchSource } from './data/import-source.ts';

/** Silence after which a source is given up, before its answer and within it. */
const idleMilliseconds = 60_000;

/** All addresses of a host. Rejects when it has none. */
export const resolveHost: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** A lookup that knows one address: the connection goes to what was judged, whatever DNS says by then. */
function pinnedTo(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(message.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  return Object.fromEntries(pairs);
}

/** Fetches one URL from the given address; follows nothing, decodes nothing. */
export const fetchSource: FetchSource = (url, signal, address) =>
  new Promise((resolve, reject) => {
    const begin = url.startsWith('https:') ? requestHttps : requestHttp;
    const request = begin(url, {
      agent: false,
      signal,
      headers: { accept: '*/*', 'accept-encoding': 'identity' },
      ...(address === undefined ? {} : { lookup: pinnedTo(address) }),
    });
    request.setTimeout(idleMilliseconds, () => request.destroy(new Error('The source is silent.')));
    request.once('error', reject);
    request.once('response', (message) => {
      resolve({ status: message.statusCode ?? 0, headers: headersOf(message), body: message });
    });
    request.end();
  });
