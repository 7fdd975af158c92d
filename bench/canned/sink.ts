import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { image, imageId } from './documents.ts';

/** The Image service for uploads, a program of its own: reads all data, keeps nothing, tells at `/received` how much came since it was asked last. */
const shown = JSON.stringify(image(0, 0));
let received = 0;

function answer(outgoing: ServerResponse, status: number, text: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  outgoing.writeHead(status, status === 204 ? {} : headers);
  outgoing.end(status === 204 ? undefined : text);
}

const server = createServer({ noDelay: true }, (incoming, outgoing) => {
  const { method, url = '/' } = incoming;
  if (url === '/received') {
    answer(outgoing, 200, String(received));
    received = 0;
    return;
  }
  if (url.endsWith('/file') && method === 'PUT') {
    incoming.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    incoming.on('end', () => answer(outgoing, 204, ''));
    return;
  }
  incoming.resume();
  if (method === 'POST') outgoing.setHeader('location', `/v2/images/${imageId(0)}`);
  answer(outgoing, method === 'POST' ? 201 : 200, shown);
});
server.requestTimeout = 0;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
