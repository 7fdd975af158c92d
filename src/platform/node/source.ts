import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ImportFilter } from '../../core/import-filter.ts';
import { createOpenSource, type OpenSource } from '../../core/source.ts';
import type { Timeouts } from '../platform.ts';
import { givingBackReads } from './give-back.ts';
import { publicLookup } from './public-lookup.ts';
import { watchIdle } from './upstream.ts';

function get(
  url: URL,
  filter: ImportFilter,
  timeouts: Timeouts,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const begin = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = begin(url, {
      agent: false,
      headers: { accept: '*/*', 'accept-encoding': 'identity' },
      ...(filter.hosts.length === 0 && { lookup: publicLookup }),
      ...(signal && { signal }),
    });
    const timer = setTimeout(() => request.destroy(new Error('silence')), timeouts.firstByte);
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.once('response', (message) => {
      clearTimeout(timer);
      watchIdle(message, timeouts.idle);
      givingBackReads(message);
      resolve(message);
    });
    request.end();
  });
}

/** Opens image data at a client's URL on Node, under the given filter. */
export function createNodeSource(filter: ImportFilter, timeouts: Timeouts): OpenSource {
  return createOpenSource(filter, async (url, signal) => {
    const message = await get(url, filter, timeouts, signal);
    return {
      status: message.statusCode ?? 0,
      location: message.headers.location,
      contentLength: message.headers['content-length'],
      body: message,
    };
  });
}
