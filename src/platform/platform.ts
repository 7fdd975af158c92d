import type { ImportFilter } from '../core/import-filter.ts';
import type { OpenSource } from '../core/source.ts';
import type { Send } from '../core/upstream.ts';
import type { Forward } from '../glance/forward.ts';
import type { PassPolicy } from '../glance/pass.ts';

/** A service that is reached over the network. */
export interface Reach {
  readonly send: Send;
  /** Pass-through; what is small goes by way of `send`. */
  readonly forward: (policy: PassPolicy, send: Send) => Forward;
  readonly close: () => Promise<void>;
}

/**
 * What each runtime does in its own way, beside the requests that it hands over (`Exchange`). One contract test holds both
 * implementations to it.
 */
export interface Platform {
  readonly reach: (serviceUrl: string) => Reach;
  /** Opens image data at a client's URL, under the filter. */
  readonly openSource: OpenSource;
  /** Whether an answer of unknown length that has begun can still be broken off, so that it does not look whole. */
  readonly breaksAnswers: boolean;
  /** Whether a request may wait for what another one has asked: its answer comes also when that one has ended. */
  readonly joinsRequests: boolean;
  /** Writes one line of the access log. */
  readonly log: (line: string) => void;
  /** Writes one line about what should not have happened. */
  readonly logError: (line: string) => void;
}

/** Milliseconds. None of them limits a whole transfer. */
export interface Timeouts {
  readonly connect: number;
  /** From the request's end to the answer's first byte; does not apply to uploads, where Glance may store for long. */
  readonly firstByte: number;
  /** Between two pieces of a body. */
  readonly idle: number;
}

export interface PlatformOptions {
  readonly importFilter: ImportFilter;
  /** A platform that has a limit of its own for one of them leaves it at that. */
  readonly timeouts: Timeouts;
}
