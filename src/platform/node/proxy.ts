import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import httpProxy from 'http-proxy';
import type { CallContext } from '../../core/call.ts';
import type { Exchange } from '../../core/exchange.ts';
import type { Fault } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import { UpstreamFailure } from '../../core/upstream.ts';
import { faultOfFailure } from '../../glance/answer.ts';
import { isData } from '../../glance/forward.ts';
import type { PassPolicy } from '../../glance/pass.ts';
import type { Timeouts } from '../platform.ts';
import { NodeExchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import { givingBack, givingBackReads } from './give-back.ts';
import { answerOf, watchIdle } from './upstream.ts';

/** What one proxied request is waiting for. */
interface Waiting {
  readonly settle: (message: IncomingMessage) => void;
  readonly fail: (error: unknown) => void;
  readonly expects: boolean;
  /** Image data on its way to the service. */
  readonly carriesData: boolean;
}

/** Ends a request that does not reach its service, or that is not answered in time once it is wholly sent; image data may take as long as it takes. */
function limitSilence(request: ClientRequest, wait: Waiting | undefined, timeouts: Timeouts): void {
  const end = (kind: 'unreachable' | 'timeout', after: number): NodeJS.Timeout => {
    const timer = setTimeout(() => request.destroy(new UpstreamFailure(kind, 'silence')), after);
    request.once('close', () => clearTimeout(timer));
    return timer;
  };
  const { socket } = request;
  if (socket?.connecting) {
    const connecting = end('unreachable', timeouts.connect);
    socket.once('connect', () => clearTimeout(connecting));
  }
  if (wait?.carriesData) return;
  const start = (): void => {
    const waiting = end('timeout', timeouts.firstByte);
    request.once('response', () => clearTimeout(waiting));
  };
  if (request.writableFinished) start();
  else request.once('finish', start);
}

/** http-proxy uses a function that newer Nodes warn of at every start; the warning is nothing that an operator can act on. */
function withoutDeprecationWarning(work: () => void): void {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  try {
    work();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else process.noDeprecation = before;
  }
}

/**
 * The byte path to another service: http-proxy carries the client's request as it is, the one writer carries the
 * answer back. Its two known faults are mended here: a client that leaves ends the upstream transfer, and an answer
 * that ends short breaks the client's connection (the writer sees the stream fail) instead of leaving it waiting.
 */
export function createProxyForward(serviceUrl: string, policy: PassPolicy, timeouts: Timeouts) {
  const secure = serviceUrl.startsWith('https:');
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 512 });
  const proxy = httpProxy.createProxyServer({
    target: serviceUrl,
    selfHandleResponse: true,
    changeOrigin: !policy.keepsHost,
    ignorePath: false,
    followRedirects: false,
  });
  const waiting = new WeakMap<IncomingMessage, Waiting>();

  proxy.on(
    'proxyReq',
    (request: ClientRequest, incoming: IncomingMessage, outgoing: ServerResponse) => {
      const wait = waiting.get(incoming);
      outgoing.once('close', () => {
        if (outgoing.writableFinished) return;
        request.destroy();
        wait?.fail(new UpstreamFailure('broken', 'the client has left'));
      });
      if (wait?.expects) {
        // http-proxy keeps quiet about requests that expect, so the header is set only here; whether to go on is the service's to say
        request.once('continue', () => outgoing.writeContinue());
        request.setHeader('expect', '100-continue');
        request.flushHeaders();
      }
      limitSilence(request, wait, timeouts);
      givingBack(request, incoming);
    },
  );
  proxy.on('proxyRes', (message: IncomingMessage, incoming: IncomingMessage) => {
    watchIdle(message, timeouts.idle);
    givingBackReads(message);
    waiting.get(incoming)?.settle(message);
  });

  const forward = (
    exchange: Exchange,
    target: string,
    context: CallContext,
    base: string,
  ): Promise<Reply | Fault> => {
    if (!(exchange instanceof NodeExchange)) throw new TypeError('not a request of this platform');
    const { incoming, outgoing } = exchange;
    const start = performance.now();
    context.upstreamCalls += 1;
    const headers: Record<string, string> = {
      ...policy.request(exchange, context.requestId),
      'accept-encoding': 'identity',
    };
    for (const name of ['content-length', 'transfer-encoding'] as const) {
      const value = incoming.headers[name];
      if (value !== undefined) headers[name] = value;
    }
    return new Promise<Reply | Fault>((resolve) => {
      const finish = (result: Reply | Fault) => {
        context.upstreamMs += performance.now() - start;
        resolve(result);
      };
      const fail = (error: unknown) => finish(faultOfFailure(failureOf(error)));
      waiting.set(incoming, {
        settle: (message) => finish(policy.reply(answerOf(message), base)),
        fail,
        expects: incoming.headers.expect !== undefined,
        carriesData: exchange.body.announced && isData(target),
      });
      incoming.url = target;
      incoming.headers = headers;
      // a body must not be lost on a kept connection that was closed at the other end just then
      const own = exchange.body.announced ? false : agent;
      withoutDeprecationWarning(() => proxy.web(incoming, outgoing, { agent: own }, fail));
    });
  };
  return { forward, close: () => agent.destroy() };
}
