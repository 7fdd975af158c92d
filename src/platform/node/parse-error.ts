import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Fault, fault } from '../../core/fault.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { NodeExchange } from './exchange.ts';

type ParseError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

function faultOf(code: string | undefined): Fault {
  if (code === 'HPE_HEADER_OVERFLOW') return fault('headers-too-large');
  return fault(code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' : 'bad-request');
}

/** What the packet at hand tells of the request: its path and `Accept` when it is the first, else what most clients send. */
function readHead(packet: Buffer | undefined): { path: string; accept: string | undefined } {
  const head = packet?.toString('latin1', 0, 4096) ?? '';
  const path = /^[A-Z]+ (\S+) HTTP/.exec(head)?.[1];
  if (path === undefined) return { path: '/v1/images', accept: '*/*' };
  return { path, accept: /\r\naccept:[ \t]*([^\r\n]*)/i.exec(head)?.[1] };
}

/**
 * Answers what `node:http` could not parse, in the form of the dialect that the request seems to be for. Bytes that come
 * while an answer is on its way belong to nobody: the connection ends.
 */
export function answerParseError(
  error: ParseError,
  socket: Duplex,
  latest: NodeExchange | undefined,
  dialects: readonly Dialect[],
): void {
  const answering = latest?.outgoing.headersSent && !latest.outgoing.writableFinished;
  if (!socket.writable || error.code === 'ECONNRESET' || answering) {
    socket.destroy();
    return;
  }
  const { path, accept } = readHead(error.rawPacket);
  const asked = {
    target: path,
    header: (name: string) => (name === 'accept' ? accept : undefined),
  } as NodeExchange;
  const dialect =
    dialects.find((each) => path.startsWith(`${each.prefix}/`)) ??
    dialects.find((each) => each.claim(path, asked, false) !== undefined) ??
    dialects.at(-1);
  const reply = dialect?.renderFault(faultOf(error.code), asked);
  if (!reply) return;
  const body = typeof reply.body === 'string' ? reply.body : '';
  const lines = reply.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status]}\r\n${lines}`;
  socket.end(
    `${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
