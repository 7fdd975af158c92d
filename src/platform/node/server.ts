import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { App } from '../../app.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { type ListenerFacts, NodeExchange } from './exchange.ts';
import { answerParseError } from './parse-error.ts';

/** What a listener puts up with. */
export interface ServerLimits {
  /** Bytes of request line and headers; v1 carries a whole image's properties there. */
  readonly headerBytes: number;
  /** Milliseconds until the headers must be there. */
  readonly headersTimeout: number;
  /** Milliseconds of silence after which a connection in mid-request ends. */
  readonly idle: number;
}

/** One listener of the gateway. */
export interface GatewayServer {
  readonly server: Server;
  /** From now on every answer is the last one on its connection. */
  readonly lastAnswers: () => void;
  /** Takes no more connections, waits for running requests; resolves when none is left. */
  readonly close: () => Promise<void>;
  /** Ends every connection, whatever it is doing. */
  readonly closeNow: () => void;
}

/** Node drops what is over its count without a word, so it gets none and the bytes are the limit. */
const noCount = 0;
/** Milliseconds between two looks for connections that have fallen idle. */
const sweepEvery = 100;

/** A listener of the gateway, not yet listening. No limit counts over a whole transfer. */
export function createGatewayServer(
  app: App,
  dialects: readonly Dialect[],
  facts: ListenerFacts,
  limits: ServerLimits,
): GatewayServer {
  /** The latest exchange of each connection; none on a connection that nothing was asked on. */
  const latest = new Map<Socket, NodeExchange | undefined>();
  let last = false;
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (last) outgoing.shouldKeepAlive = false;
    const exchange = new NodeExchange(incoming, outgoing, facts);
    latest.set(incoming.socket, exchange);
    const answering = async () => app(exchange);
    answering().catch((error: unknown) => {
      // the last line: one request must never take the others with it
      facts.report(error);
      outgoing.destroy();
    });
  };
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
    const exchange = latest.get(socket);
    // a client that has sent everything may wait for as long as Glance needs
    const waits = exchange?.incoming.complete && !exchange.outgoing.headersSent;
    if (!waits) socket.destroy();
  });
  server.on('connection', (socket) => {
    latest.set(socket, undefined);
    socket.once('close', () => latest.delete(socket));
  });
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, handle);
  server.on('clientError', (error, socket) => {
    answerParseError(error, socket, latest.get(socket as Socket), dialects);
  });

  const closeIdle = (): void => {
    for (const [socket, exchange] of latest) {
      if (!exchange || exchange.outgoing.writableFinished) socket.destroySoon();
    }
  };
  return {
    server,
    lastAnswers: () => {
      last = true;
    },
    close: async () => {
      const sweep = setInterval(closeIdle, sweepEvery);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        closeIdle();
      });
      clearInterval(sweep);
    },
    closeNow: () => server.closeAllConnections(),
  };
}
