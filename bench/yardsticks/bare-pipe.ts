import { Agent, createServer, request } from 'node:http';
import { pipeline } from 'node:stream';

/** The least that a proxy in Node can do, a program of its own: arguments are its port and the URL behind it. */
const [port = '0', behind = ''] = process.argv.slice(2);
const { hostname, port: upstreamPort } = new URL(behind);
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

const server = createServer({ noDelay: true }, (incoming, outgoing) => {
  const { method = 'GET', url = '/', headers } = incoming;
  const call = request({ hostname, port: upstreamPort, method, path: url, headers, agent });
  call.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    pipeline(answer, outgoing, (error) => error && outgoing.destroy());
  });
  call.on('error', () => outgoing.destroy());
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) call.destroy();
  });
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    call.end();
  } else {
    pipeline(incoming, call, () => undefined);
  }
});
server.requestTimeout = 0;
server.listen(Number(port), '127.0.0.1');
