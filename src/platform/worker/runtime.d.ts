/** What workerd has beyond the web's standards, as far as it is used here. */
declare class IdentityTransformStream extends TransformStream<Uint8Array, Uint8Array> {}

declare class FixedLengthStream extends IdentityTransformStream {
  constructor(expectedLength: number);
}

declare module 'stream/web' {
  interface ReadableStreamBYOBReader {
    readAtLeast(
      least: number,
      view: Uint8Array<ArrayBuffer>,
    ): Promise<ReadableStreamReadResult<Uint8Array>>;
  }
}

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

interface Request {
  /** What the runtime knows of the connection: Cloudflare the place, workerd alone the address at its other end. */
  readonly cf?: { readonly colo?: string; readonly clientIp?: string };
}
