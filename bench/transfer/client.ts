import { request } from 'node:http';

/** What a transfer is told to do, as JSON in the only argument. */
export interface TransferOrder {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes to send; 0 for a download. */
  readonly bytes: number;
  readonly chunked: boolean;
}

/** What it says on standard output, as JSON. */
export interface TransferOutcome {
  readonly status: number;
  readonly seconds: number;
  /** Bytes of body received. */
  readonly received: number;
}

/** As much as python-glanceclient reads and sends at once. */
const piece = Buffer.alloc(64 * 1024);

const order = JSON.parse(process.argv[2] ?? '') as TransferOrder;
const { url, method, headers, bytes, chunked } = order;
const framing: Record<string, string> =
  bytes === 0
    ? {}
    : chunked
      ? { 'transfer-encoding': 'chunked' }
      : { 'content-length': `${bytes}` };
const start = performance.now();
const call = request(url, { method, headers: { ...headers, ...framing }, agent: false });
call.on('response', (answer) => {
  let received = 0;
  answer.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  answer.on('end', () => {
    const seconds = (performance.now() - start) / 1000;
    const outcome: TransferOutcome = { status: answer.statusCode ?? 0, seconds, received };
    process.stdout.write(JSON.stringify(outcome));
  });
});

let left = bytes;
function send(): void {
  while (left > 0) {
    const next = left < piece.length ? piece.subarray(0, left) : piece;
    left -= next.length;
    if (!call.write(next)) {
      call.once('drain', send);
      return;
    }
  }
  call.end();
}
send();
