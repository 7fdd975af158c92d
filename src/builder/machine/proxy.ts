import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { pipeline, Transform } from 'node:stream';
import type { ImportFilter } from '../../core/import-filter.ts';
import { openDoor, type ProxyDoor } from './proxy-door.ts';
import { createProxyRules } from './proxy-rules.ts';

/** An HTTP proxy for one guest, or for a tool that is led by what a client wrote. */
export interface ProxyOptions {
  // anybody on this machine may come to a port: it leads nowhere that they could not go by themselves
  readonly listen: ProxyDoor;
  /** Where its clients may go: wherever one of them lets them. */
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
  /** The path of its socket, or its URL. */
  readonly address: string;
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

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
}

/** Text for the log: without what may hold a secret, the query and who asks. */
function named(url: string): string {
  if (!URL.canParse(url)) return 'no URL';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`.slice(0, 200);
}

/** Starts the proxy: GET and HEAD of http URLs, and tunnels to https. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const rules = createProxyRules(options.filters, options.publicLookup);
  let spent = 0;

  const metered = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        spent += chunk.length;
        if (spent > limits.bytes) done(new Error('too much'));
        else done(null, chunk);
      },
    });

  function fetchFor(guest: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: target = '' } = guest;
    const way = method === 'GET' || method === 'HEAD' ? rules.toFetch(target) : undefined;
    if (!way) {
      log(`refused ${method}`, named(target));
      say(response, 403, 'not allowed');
      return;
    }
    const { url, ...how } = way;
    const headers = only(guest.headers, asked);
    const upstream = requestHttp(url, {
      method,
      headers,
      agent: false,
      timeout: limits.idle,
      ...how,
    });
    upstream.on('timeout', () => upstream.destroy(new Error('silence')));
    upstream.on('error', (error) => {
      log(`failed (${error.message})`, named(target));
      if (response.headersSent) response.destroy();
      else say(response, 502, 'not reached');
    });
    upstream.on('response', (message) => {
      const told = message.statusCode ?? 0;
      const status = told >= 200 && told <= 599 ? told : 502;
      if (status >= 400) log(`answered ${status}`, named(target));
      response.writeHead(status, only(message.headers, answered));
      pipeline(message, metered(), response, () => upstream.destroy());
    });
    response.on('close', () => upstream.destroy());
    upstream.end();
  }

  function tunnelFor({ url: target = '' }: IncomingMessage, socket: Socket, head: Buffer): void {
    const name = named(`https://${target}`);
    const way = rules.toTunnel(target);
    if (!way) {
      log('refused CONNECT', name);
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    const { url, ...how } = way;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const far = connect({ host, port: Number(url.port || 443), timeout: limits.idle, ...how });
    far.on('timeout', () => far.destroy());
    far.once('error', (error) => {
      log(`failed (${error.message})`, name);
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

  const sockets = new Set<Socket>();
  const server = createServer({ requestTimeout: limits.idle }, fetchFor);
  server.maxConnections = limits.connections;
  server.on('connect', (guest, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    tunnelFor(guest, socket, head);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const { address, release } = await openDoor(server, options.listen);
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
    await release();
  };
  return { address, close };
}
