import { request } from 'node:http';

/** What a transfer is told to do, as JSON in the only argument. */
export interface TransferOrder {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes to send; 0 for a download. */
  readonly bytes: number;
  readonly chunked: boolean;
  /** How many of them at once. */
  readonly streams: number;
}

/** What it says on standard output, as JSON. */
export interface TransferOutcome {
  readonly status: number;
  readonly seconds: number;
  /** Bytes of body received, all streams together. */
  readonly received: number;
}

/** As much as python-glanceclient reads and sends at once. */
const piece = Buffer.alloc(64 * 1024);

const order = JSON.parse(process.argv[2] ?? '') as TransferOrder;
const { url, method, headers, bytes, chunked, streams } = order;
const framing: Record<string, string> =
  bytes === 0
    ? {}
    : chunked
      ? { 'transfer-encoding': 'chunked' }
      : { 'content-length': `${bytes}` };

/** Moves data once; answers status and bytes received. */
function move(): Promise<readonly [status: number, received: number]> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: { ...headers, ...framing }, agent: false });
    call.on('error', reject);
    call.on('response', (answer) => {
      let received = 0;
      answer.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      answer.on('error', reject);
      answer.on('end', () => resolve([answer.statusCode ?? 0, received]));
    });
    let left = bytes;
    const send = (): void => {
      while (left > 0) {
        const next = left < piece.length ? piece.subarray(0, left) : piece;
        left -= next.length;
        if (!call.write(next)) {
          call.once('drain', send);
          return;
        }
      }
      call.end();
    };
    send();
  });
}

const start = performance.now();
const moved = await Promise.all(Array.from({ length: streams }, move));
const outcome: TransferOutcome = {
  status: Math.max(...moved.map(([status]) => status)),
  seconds: (performance.now() - start) / 1000,
  received: moved.reduce((sum, [, received]) => sum + received, 0),
};
process.stdout.write(JSON.stringify(outcome));
