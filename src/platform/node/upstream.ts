import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
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
import { dispatchCall } from './dispatch.ts';
import { failureOf } from './failure.ts';
import { givingBack, givingBackReads } from './give-back.ts';
import { toReadable } from './readable.ts';

/** A message as an answer, its body unread. */
export function answerOf(message: IncomingMessage): UpstreamAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    status: message.statusCode ?? 502,
    headers,
    cookies: message.headers['set-cookie'] ?? [],
    body: message,
  };
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

/** Streams a call over a connection of its own: no re-use means no stale connection that a body could be lost on. */
function streamCall(base: URL, call: UpstreamCall, timeouts: Timeouts): Promise<UpstreamAnswer> {
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
        agent: false,
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
      givingBackReads(message);
      resolve(answerOf(message));
    });
    if (isStream(call.body)) {
      const source = toReadable(call.body);
      pipeline(source, givingBack(request, source), (error) => {
        // an early answer closes the request while the client still sends: that is no failure of the upload's
        if (error && !answered) fail(error);
      });
    } else {
      request.end(call.body ?? undefined);
    }
  });
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
  const send: Send = async (call) => {
    if (isStream(call.body) || call.streamed) return streamCall(base, call, timeouts);
    return dispatchCall(pool, prefix, call);
  };
  return { send, close: () => pool.destroy() };
}
