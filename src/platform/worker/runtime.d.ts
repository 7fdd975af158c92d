/** What workerd has beyond the web's standards, as far as it is used here. */
declare class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(expectedLength: number);
}

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}
