import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { App } from '../../app.ts';
import { fault } from '../../core/fault.ts';
import { dialects } from '../../dialects/index.ts';
import { type ListenerFacts, NodeExchange } from './exchange.ts';

/** What a listener puts up with. */
export interface ServerLimits {
  /** Bytes of request line and headers; v1 carries a whole image's properties there. */
  readonly headerBytes: number;
  /** Milliseconds until the headers must be there. */
  readonly headersTimeout: number;
  /** Milliseconds of silence after which a connection in mid-request ends. */
  readonly idle: number;
}

/** Node drops what is over its count without a word, so it gets none and the bytes are the limit. */
const noCount = 0;

type Busy = WeakMap<object, NodeExchange>;

function listenerFor(app: App, facts: ListenerFacts, busy: Busy) {
  const exchanges = new WeakMap<IncomingMessage, NodeExchange>();
  const routed = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      const exchange = exchanges.get(incoming) ?? new NodeExchange(incoming, outgoing, facts);
      await app.fetch(request, exchange);
      // the exchange has written the answer itself, whatever wrapping there was on the way
      return RESPONSE_ALREADY_SENT;
    },
    { autoCleanupIncoming: false, hostname: 'localhost' },
  );
  return (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const exchange = new NodeExchange(incoming, outgoing, facts);
    busy.set(incoming.socket, exchange);
    if (app.refuse(exchange)) return;
    exchanges.set(incoming, exchange);
    void routed(incoming, outgoing);
  };
}

/** Answers what `node:http` could not parse: in the form of the dialect that the first line points to, as text else. */
function answerParseError(
  error: NodeJS.ErrnoException & { rawPacket?: Buffer },
  socket: Duplex,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const kinds: Readonly<Record<string, Parameters<typeof fault>[0]>> = {
    HPE_HEADER_OVERFLOW: 'headers-too-large',
  };
  const timedOut = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const failed = fault(kinds[error.code ?? ''] ?? 'bad-request');
  const head = error.rawPacket?.toString('latin1', 0, 2048) ?? '';
  const path = head.split(' ', 2)[1] ?? '/';
  const accept = /\r\naccept:[ \t]*([^\r\n]*)/i.exec(head)?.[1];
  const asked = { header: (name: string) => (name === 'accept' ? accept : undefined) };
  const dialect =
    dialects.find((each) => path.startsWith(each.prefix)) ??
    dialects.find((each) => each.claim(path, asked as NodeExchange, false) !== undefined) ??
    dialects.at(-1);
  const reply = timedOut
    ? { status: 408, headers: [], body: '' }
    : dialect?.renderFault(failed, asked as NodeExchange);
  if (!reply) return;
  const body = typeof reply.body === 'string' ? reply.body : '';
  const lines = reply.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const text = `HTTP/1.1 ${reply.status} ${timedOut ? 'Request Timeout' : failed.kind}\r\n${lines}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
  socket.end(text);
}

/** An HTTP server for the gateway, not yet listening. No limit counts over a whole transfer. */
export function createGatewayServer(app: App, facts: ListenerFacts, limits: ServerLimits): Server {
  const busy: Busy = new WeakMap();
  const handle = listenerFor(app, facts, busy);
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout,
    requestTimeout: 0,
    connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 65_000,
    noDelay: true,
  });
  server.maxHeadersCount = noCount;
  server.setTimeout(limits.idle, (socket) => {
    const exchange = busy.get(socket);
    // a client that has sent everything may wait for as long as Glance needs
    const waits = exchange?.incoming.complete && !exchange.outgoing.headersSent;
    if (!waits) socket.destroy();
  });
  server.on('request', handle);
  server.on('checkContinue', handle);
  server.on('clientError', answerParseError);
  return server;
}
