import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { pipeline, Transform } from 'node:stream';
import { isFault } from '../../core/fault.ts';
import { admitSource, type ImportFilter } from '../../core/import-filter.ts';

/** An HTTP proxy for one guest. */
export interface ProxyOptions {
  /** The path of its Unix socket. */
  readonly socket: string;
  /** Where the guest may go: wherever one of them lets it. */
  readonly filters: readonly ImportFilter[];
  /** For hosts that are not allowed by name: resolves to public addresses only. */
  readonly publicLookup: LookupFunction;
  /** What was refused, failed or was answered with an error, and its URL without the query. */
  readonly log: (what: string, url: string) => void;
  readonly limits?: Partial<ProxyLimits>;
}

/** How much a guest gets. */
export interface ProxyLimits {
  readonly connections: number;
  /** Bytes in all, towards the guest. */
  readonly bytes: number;
  /** Milliseconds without a byte. */
  readonly idle: number;
}

/** A running proxy. */
export interface RunningProxy {
  /** Ends it, and every connection that it has. */
  readonly close: () => Promise<void>;
}

const defaultLimits: ProxyLimits = { connections: 64, bytes: 16 * 1024 ** 3, idle: 120_000 };

const asked = [
  'accept',
  'accept-encoding',
  'cache-control',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'range',
  'user-agent',
];
const answered = [
  'accept-ranges',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'location',
];

function only(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}

/** The rule for tunnels: by host, since what goes through them cannot be seen, and to the port of https alone. */
const tunnelFilter = (filter: ImportFilter): ImportFilter => ({
  ...filter,
  schemes: filter.schemes.filter((scheme) => scheme === 'https'),
  ports: [443],
  ...(filter.prefixes && {
    prefixes: filter.prefixes.map((prefix) => `${new URL(prefix).origin}/`),
  }),
});

/** Text for the log: without the query, which may hold a secret. */
const named = (url: string): string => url.replace(/[?#].*/s, '').slice(0, 200);

/** Starts the proxy: GET and HEAD of http URLs, tunnels to https, each judged again once its name is resolved. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { publicLookup, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const direct = options.filters.map((filter) => ({
    ...filter,
    schemes: filter.schemes.filter((scheme) => scheme === 'http'),
  }));
  const tunnels = options.filters.map(tunnelFilter);
  const sockets = new Set<Socket>();
  let spent = 0;

  const metered = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        spent += chunk.length;
        if (spent > limits.bytes) done(new Error('too much'));
        else done(null, chunk);
      },
    });

  /** The URL and how its host is found, if any filter admits it. */
  function admitted(text: string, filters: readonly ImportFilter[]) {
    for (const filter of filters) {
      const url = admitSource(text, filter);
      if (!isFault(url)) {
        return { url, ...(filter.hosts.length === 0 && { lookup: publicLookup }) };
      }
    }
    return undefined;
  }

  function refuse(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
  }

  function fetchFor(guest: IncomingMessage, response: ServerResponse): void {
    const target = guest.url ?? '';
    const readable = guest.method === 'GET' || guest.method === 'HEAD';
    const way = readable ? admitted(target, direct) : undefined;
    if (!way) {
      log(`refused ${guest.method}`, named(target));
      refuse(response, 403, 'not allowed');
      return;
    }
    const upstream = requestHttp(way.url, {
      method: guest.method,
      headers: only(guest.headers, asked),
      agent: false,
      timeout: limits.idle,
      ...(way.lookup && { lookup: way.lookup }),
    });
    upstream.on('timeout', () => upstream.destroy(new Error('silence')));
    upstream.on('error', (error) => {
      log(`failed (${error.message})`, named(target));
      if (response.headersSent) response.destroy();
      else refuse(response, 502, 'not reached');
    });
    upstream.on('response', (message) => {
      const status = message.statusCode ?? 502;
      if (status >= 400) log(`answered ${status}`, named(target));
      response.writeHead(status, only(message.headers, answered));
      pipeline(message, metered(), response, () => upstream.destroy());
    });
    response.on('close', () => upstream.destroy());
    upstream.end();
  }

  function tunnel(guest: IncomingMessage, socket: Socket, head: Buffer): void {
    const target = guest.url ?? '';
    const way = admitted(`https://${target}/`, tunnels);
    if (!way) {
      log('refused CONNECT', named(target));
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    const far = connect({
      host: way.url.hostname.replace(/^\[|\]$/g, ''),
      port: 443,
      timeout: limits.idle,
      ...(way.lookup && { lookup: way.lookup }),
    });
    far.on('timeout', () => far.destroy());
    far.once('error', (error) => {
      log(`failed (${error.message})`, named(target));
      socket.destroy();
    });
    far.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      pipeline(socket, far, () => undefined);
      pipeline(far, metered(), socket, () => undefined);
    });
    socket.once('close', () => far.destroy());
  }

  const server = createServer({ requestTimeout: limits.idle }, fetchFor);
  server.maxConnections = limits.connections;
  server.on('connect', (guest, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    tunnel(guest, socket, head);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.socket, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
