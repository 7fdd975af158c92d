import type { Exchange } from '../core/exchange.ts';
import type { Fault } from '../core/fault.ts';
import type { Caller, Credentials } from '../core/identity.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import type { Reply } from '../core/reply.ts';
import type { Instead } from '../glance/forward.ts';

/** A request as a dialect sees it: the exchange, with its path taken apart. */
export interface DialectRequest {
  readonly exchange: Exchange;
  /** Path below the dialect's root, as the dialect has claimed it, undecoded. */
  readonly path: string;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters in order, decoded. */
  readonly query: URLSearchParams;
  /** Base of every link written: public URL and the prefix that the client used, without a slash at the end. */
  readonly base: string;
  /** Base of links to the Image service: public URL and, on the combined listener, nothing more. */
  readonly imageBase: string;
  /** Who is calling, where that can be known. */
  readonly caller: () => Promise<Caller | undefined | Fault>;
  /** Trades a password for a token, with which the request goes on. */
  readonly signIn: (credentials: Credentials) => Promise<Caller | Fault>;
  /** Whether `caller` knows every valid token, so that one it does not know is none. */
  readonly callersKnown: boolean;
}

/** An endpoint that is translated: decode and encode are pure; what is between them is the same for all dialects. */
export interface TranslatedRoute {
  readonly decode: (request: DialectRequest) => Operation | Fault | Promise<Operation | Fault>;
  readonly encode: (
    outcome: Outcome,
    request: DialectRequest,
    operation: Operation,
  ) => Reply | Fault | Promise<Reply | Fault>;
  /** Puts a fault of Glance into words of this endpoint. */
  readonly explain?: (fault: Fault, request: DialectRequest) => Fault | Reply;
}

/** An endpoint that is not an image operation: documents, redirects, pass-through. */
export interface DirectRoute {
  readonly answer: (
    request: DialectRequest,
    services: DirectServices,
  ) => Reply | Fault | Promise<Reply | Fault>;
}

/** What direct routes may use. */
export interface DirectServices {
  /** Glance's version entries, as it gives them to anyone. */
  readonly versions: () => Promise<readonly Readonly<Record<string, unknown>>[] | Fault>;
  /** Sends the client's own request to Glance, byte for byte; a body that was read here goes along instead. */
  readonly forward: (instead?: Instead) => Promise<Reply | Fault>;
  /** The same to the Compute service, everything unchanged; `undefined` when none is configured. */
  readonly forwardToCompute: (() => Promise<Reply | Fault>) | undefined;
}

export type Route = {
  /** Name in logs and metrics. */
  readonly operation: string;
  readonly method: string;
  /** Hono path pattern below the dialect's root, e.g. `/images/:id`. */
  readonly path: string;
} & (TranslatedRoute | DirectRoute);

/** One legacy (or the native) API. A new one is a mappings file, a folder and a line in `index.ts`. */
export interface Dialect {
  /** Label in logs, metrics and documents. */
  readonly name: string;
  /** Listener name in `POLYGLANCE_LISTEN`. */
  readonly listener: string;
  /** Prefix on the combined listener under which its root documents can be reached. */
  readonly prefix: string;
  /**
   * The path below the dialect's root when a path (without query) is this dialect's, else `undefined`.
   * `alone` tells that the request came to the dialect's own prefix or listener.
   */
  readonly claim: (path: string, exchange: Exchange, alone: boolean) => string | undefined;
  readonly routes: readonly Route[];
  /** How request ids go out; `adopt` says whether a client's own is kept. */
  readonly requestIds?: { readonly headers: readonly string[]; readonly adopt: boolean };
  /** A fault in the dialect's own form. */
  readonly renderFault: (fault: Fault, exchange: Exchange) => Reply;
}
