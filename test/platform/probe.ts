import type { App } from '../../src/app.ts';
import type { Exchange, Sent } from '../../src/core/exchange.ts';
import { isFault } from '../../src/core/fault.ts';
import type { Reply } from '../../src/core/reply.ts';
import { type ByteStream, type UpstreamCall, UpstreamFailure } from '../../src/core/upstream.ts';
import { textOf } from '../../src/glance/answer.ts';
import type { Platform } from '../../src/platform/platform.ts';

const utf8 = new TextEncoder();

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield utf8.encode(text);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield utf8.encode('half');
  throw new Error('broken');
}

async function read(stream: ByteStream): Promise<string> {
  return textOf({ status: 200, headers: {}, body: stream });
}

const json = (value: unknown): Reply => ({ status: 200, headers: [], body: JSON.stringify(value) });
const octets = (status: number, body: Reply['body'], length?: number): Reply => ({
  status,
  headers: length === undefined ? [] : [['Content-Length', String(length)]],
  body,
});

/** Answers that test how they are written. */
const written: Readonly<Record<string, () => Reply>> = {
  text: () => ({ status: 200, headers: [['X-Text', 'größe €']], body: 'größe €' }),
  bytes: () => octets(201, new Uint8Array([0, 255, 128])),
  fixed: () => octets(200, pieces('ab', 'cde'), 5),
  open: () => octets(200, pieces('ab', 'cde')),
  broken: () => octets(200, broken(), 8),
  bare: () => ({ status: 204, headers: [['X-Some', 'thing']], body: null }),
  length: () => octets(200, null, 1_000_000),
  twice: () => ({
    status: 200,
    headers: [
      ['X-A', '1'],
      ['X-A', '2'],
    ],
    body: null,
  }),
  torn: () => ({ status: 200, headers: [['X-A', 'a\r\nX-B: b\0']], body: null }),
};

/** An app that does with a platform whatever its caller asks for, and tells what came of it. */
export function createProbe(platform: Platform): App {
  const seen: { sent?: Sent; later?: boolean } = {};

  async function send(query: URLSearchParams, exchange: Exchange): Promise<Reply> {
    const { method, body } = exchange;
    const { send } = platform.reach(query.get('to') ?? '');
    const call: UpstreamCall = {
      method,
      target: query.get('target') ?? '/',
      headers: {
        'x-token': 'token',
        ...(body.length !== undefined && { 'content-length': String(body.length) }),
      },
      body: body.announced ? body.stream() : null,
      signal: exchange.signal(),
      streamed: query.has('streamed'),
    };
    try {
      const answered = await send(call);
      const { status, headers, cookies } = answered;
      return json({ status, headers, cookies, text: await textOf(answered) });
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      return json({ failure: error.kind });
    }
  }

  async function answer(exchange: Exchange): Promise<Reply> {
    const { body } = exchange;
    const [path = '', search] = exchange.target.split('?', 2);
    const query = new URLSearchParams(search);
    const limit = Number(query.get('limit'));
    switch (path) {
      case '/request':
        return json({
          method: exchange.method,
          target: exchange.target,
          origin: exchange.origin,
          peer: exchange.peer,
          text: exchange.decode(exchange.header('x-text') ?? '') ?? null,
          all: Object.fromEntries(exchange.headers()),
          malformed: exchange.malformed(),
          none: exchange.header('x-none') ?? null,
          repeats: exchange.repeats('x-twice'),
          length: body.length ?? null,
          announced: body.announced,
          gone: exchange.gone(),
        });
      case '/text': {
        const text = await body.text(limit);
        return json(isFault(text) ? { fault: text.kind } : { text });
      }
      case '/bytes': {
        const bytes = await body.bytes(limit);
        return json(isFault(bytes) ? { fault: bytes.kind } : { bytes: [...bytes] });
      }
      case '/stream':
        return json({ text: await read(body.stream()) });
      case '/later':
        exchange.background(async (stop) => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          seen.later = !stop.aborted;
        });
        return json({});
      case '/seen':
        return json(seen);
      case '/send':
        return send(query, exchange);
      case '/open': {
        const source = await platform.openSource(query.get('url') ?? '', undefined);
        if (isFault(source)) return json({ fault: source.kind });
        return json({ length: source.length ?? null, text: await read(source.body) });
      }
      default:
        return written[path.slice('/written/'.length)]?.() ?? octets(404, exchange.target);
    }
  }

  return async (exchange) => {
    const reply = await answer(exchange);
    return exchange.respond(reply, (sent) => {
      if (exchange.target.startsWith('/written/')) seen.sent = sent;
    });
  };
}
