import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A loopback port that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** An answer read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request, over a connection of its own. */
export function ask(url: string, method = 'GET', token = 'bench'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-auth-token': token };
    const call = request(url, { method, headers, agent: false, timeout: 20_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    call.on('timeout', () => call.destroy(new Error(`no answer from ${url}`)));
    call.on('error', reject);
    call.end();
  });
}

const patience = 10_000;

/** Waits for the first answer; rejects after ten seconds, or when `isAlive` says that nobody will ever answer. */
export async function firstAnswer(
  url: string,
  method: string,
  isAlive: () => boolean,
): Promise<Answer> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await ask(url, method);
    } catch (error) {
      if (!isAlive() || performance.now() > end) throw error;
      await sleep(2);
    }
  }
}
