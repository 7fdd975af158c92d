import { Agent, type IncomingMessage, request } from 'node:http';
import type { Answer, Asked } from './target.ts';

// Node's own fetch refuses some headers and cannot send UTF-8 in them
const agent = new Agent({ keepAlive: true });

const toWire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const fromWire = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

async function read(message: IncomingMessage): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const headers: Record<string, string> = {};
  const { rawHeaders } = message;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = fromWire(rawHeaders[i + 1] ?? '');
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { status: message.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

/** Sends one request to a server at `base`, without a redirect followed or a header added beyond what HTTP needs. */
export function rawRequest(base: string, asked: Asked): Promise<Answer> {
  const { method, path, headers, body } = asked;
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      agent,
      // an image with all its properties is more than Node takes by default
      maxHeaderSize: 1024 * 1024,
      method,
      path,
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, toWire(text)])),
        ...(body instanceof Uint8Array && { 'content-length': String(body.length) }),
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (message) => read(message).then(resolve, reject));
    if (body === undefined || body instanceof Uint8Array) {
      // without a body Node would announce an empty chunked one
      if (body === undefined && method !== 'GET' && method !== 'HEAD') {
        outgoing.removeHeader('transfer-encoding');
        if (!outgoing.hasHeader('content-length')) outgoing.setHeader('content-length', '0');
      }
      outgoing.end(body);
      return;
    }
    outgoing.setHeader('transfer-encoding', 'chunked');
    for (const chunk of body) outgoing.write(chunk);
    outgoing.end();
  });
}
