import { lookup as resolveName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import {
  admitSource,
  type ImportFilter,
  isPublicAddress,
  refusedSource,
} from '../../core/import-filter.ts';
import type { OpenSource, Source } from '../../core/source.ts';
import { type UpstreamTimeouts, watchIdle } from './upstream.ts';

const mostRedirects = 5;

/** Resolves a name and lets only public addresses through; the connection then goes to the very address that was judged. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, []);
      return;
    }
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    if (allowed.length === 0) callback(new Error('no public address'), []);
    else if (options.all) callback(null, allowed);
    else callback(null, allowed[0]?.address ?? '', allowed[0]?.family);
  });
};

function get(
  url: URL,
  filter: ImportFilter,
  timeouts: UpstreamTimeouts,
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
      resolve(message);
    });
    request.end();
  });
}

function opened(message: IncomingMessage): Source {
  const length = Number(message.headers['content-length'] ?? Number.NaN);
  return { body: message, length: Number.isSafeInteger(length) ? length : undefined };
}

/** Opens image data at a client's URL on Node, under the given filter. */
export function createOpenSource(filter: ImportFilter, timeouts: UpstreamTimeouts): OpenSource {
  return async (text, signal) => {
    let next = text;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const url: URL | Fault = admitSource(next, filter);
      if (isFault(url)) return url;
      let message: IncomingMessage;
      try {
        message = await get(url, filter, timeouts, signal);
      } catch {
        return refusedSource();
      }
      const status = message.statusCode ?? 0;
      if (status === 200) return opened(message);
      message.destroy();
      if (status === 404) return fault('not-found', 'The source of the image data was not found.');
      const { location } = message.headers;
      if (status < 301 || status > 308 || !location || !URL.canParse(location, url.href)) break;
      next = new URL(location, url).href;
    }
    return refusedSource();
  };
}
