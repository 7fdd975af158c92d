import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { Pool } from 'undici';
import {
  isStream,
  type Send,
  type UpstreamAnswer,
  type UpstreamCall,
  UpstreamFailure,
} from '../../core/upstream.ts';
import type { Timeouts } from '../platform.ts';
import { dispatchCall, repeatable } from './dispatch.ts';
import { failureOf } from './failure.ts';
import { toReadable } from './readable.ts';

/** Headers of an answer as one flat record. */
export function flatHeaders(message: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** Breaks a message off whose sender falls silent for `idle` milliseconds while its reader wants more. */
export function watchIdle(message: IncomingMessage, idle: number): void {
  // a reader that is slow itself pauses the stream; only a silent sender counts
  message.setTimeout(idle, () => {
    if (!message.isPaused() && message.readableLength === 0) {
      message.destroy(new UpstreamFailure('timeout', 'silence in a body'));
    }
  });
}

/** Headers of a streamed call; Node frames the bodies of some methods only when told to. */
function framed({ headers, body }: UpstreamCall): Record<string, string> {
  const chunked = isStream(body) && headers['content-length'] === undefined;
  return {
    ...headers,
    'accept-encoding': 'identity',
    ...(chunked && { 'transfer-encoding': 'chunked' }),
  };
}

/** Streams a call, over a connection of its own where there is no agent. */
function streamCall(
  base: URL,
  call: UpstreamCall,
  timeouts: Timeouts,
  agent: HttpAgent | false,
): Promise<UpstreamAnswer> {
  // the client may have left while the record was made
  if (call.signal?.aborted || (call.body instanceof Readable && call.body.destroyed)) {
    return Promise.reject(new UpstreamFailure('broken', 'the client has left'));
  }
  const begin = base.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    let request: ClientRequest;
    try {
      request = begin(new URL(base.origin), {
        method: call.method,
        path: base.pathname.replace(/\/+$/, '') + call.target,
        headers: framed(call),
        agent,
        ...(call.signal && { signal: call.signal }),
      });
    } catch (error) {
      reject(failureOf(error));
      return;
    }
    const fail = (error: unknown) => reject(failureOf(error));
    request.once('error', fail);
    const connecting = setTimeout(() => {
      request.destroy(new UpstreamFailure('unreachable', 'connect timeout'));
    }, timeouts.connect);
    let waiting: NodeJS.Timeout | undefined;
    request.once('socket', (socket) => {
      const connected = () => {
        clearTimeout(connecting);
        if (!isStream(call.body)) {
          waiting = setTimeout(() => {
            request.destroy(new UpstreamFailure('timeout', 'no answer'));
          }, timeouts.firstByte);
        }
      };
      if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    request.once('close', () => {
      clearTimeout(connecting);
      clearTimeout(waiting);
    });
    let answered = false;
    request.once('response', (message) => {
      answered = true;
      clearTimeout(waiting);
      watchIdle(message, timeouts.idle);
      resolve({ status: message.statusCode ?? 502, headers: flatHeaders(message), body: message });
    });
    if (isStream(call.body)) {
      pipeline(toReadable(call.body), request, (error) => {
        // an early answer closes the request while the client still sends: that is no failure of the upload's
        if (error && !answered) fail(error);
      });
    } else {
      request.end(call.body ?? undefined);
    }
  });
}

/**
 * Streams a call that sends no body over a kept connection, which knows how fast it may send. Where that was lost before
 * an answer, it may have been closed at the other end just then: the call is made once more.
 */
async function downloadCall(
  base: URL,
  call: UpstreamCall,
  timeouts: Timeouts,
  agent: HttpAgent,
): Promise<UpstreamAnswer> {
  try {
    return await streamCall(base, call, timeouts, agent);
  } catch (error) {
    const lost = error instanceof UpstreamFailure && error.message === 'ECONNRESET';
    if (!lost || call.signal?.aborted) throw error;
    return streamCall(base, call, timeouts, false);
  }
}

/** The remote Glance on Node: undici for what is small, `node:http` for image data. `close` ends its connections. */
export function createNodeUpstream(
  glanceUrl: string,
  timeouts: Timeouts,
): { send: Send; close: () => Promise<void> } {
  const base = new URL(glanceUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.firstByte,
    bodyTimeout: timeouts.idle,
    connections: 128,
  });
  const agent = new (base.protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true });
  const send: Send = async (call) => {
    const sends = isStream(call.body);
    if (!sends && !call.streamed) return dispatchCall(pool, prefix, call);
    // a body must not be lost on a kept connection that was closed at the other end just then
    return sends || !repeatable.has(call.method)
      ? streamCall(base, call, timeouts, false)
      : downloadCall(base, call, timeouts, agent);
  };
  return {
    send,
    close: () => {
      agent.destroy();
      return pool.destroy();
    },
  };
}
