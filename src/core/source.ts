import type { Fault } from './fault.ts';
import type { ByteStream } from './upstream.ts';

/** Image data at a URL that a client named, opened. */
export interface Source {
  readonly body: ByteStream;
  /** Bytes, when the server told. */
  readonly length: number | undefined;
}

/**
 * Opens a client's URL for reading, if it may be opened at all: allowed scheme, host, address and port, checked again
 * at each redirect. Faults: `bad-request` for what is refused or out of reach (all the same words), `not-found` for 404.
 */
export type OpenSource = (url: string, signal: AbortSignal | undefined) => Promise<Source | Fault>;

/** Runs work that must go on after the answer has gone; `stop` fires when there is no more time for it. */
export type Background = (work: (stop: AbortSignal) => Promise<unknown>) => void;
