/** One request, as bytes on a wire would say it. */
export interface Asked {
  readonly method: string;
  /** Path and query, as they go on the wire. */
  readonly path: string;
  /** Values are Unicode and leave as UTF-8. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes with their length told, or chunks without. */
  readonly body?: Uint8Array | readonly Uint8Array[] | undefined;
}

/** An answer, read to its end; header names in lower case, values read as UTF-8. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type Who = 'admin' | 'demo' | 'alt';

/** A gateway in front of an empty Image service. The same definitions run against each one. */
export interface Target {
  readonly fetch: (asked: Asked) => Promise<Answer>;
  /** What links begin with. */
  readonly base: () => string;
  readonly tokens: Readonly<Record<Who, string>>;
  readonly projects: Readonly<Record<Who, string>>;
  /** Whether Glance keeps what several write at once, and finds members by any name; a real one does not. */
  readonly isExact: boolean;
  /** Whether dots in paths reach the gateway: some runtimes take them out of every URL. */
  readonly seesDots: boolean;
  /** Whether the gateway can tell who is an admin. */
  readonly knowsRoles: boolean;
  /** Where {@link sourceFiles} can be fetched from by the gateway; `undefined` where it cannot fetch from a test. */
  readonly source: (() => string) | undefined;
}

/** A target that has to be started before and stopped after its tests. */
export interface RunningTarget extends Target {
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What a target's source server gives; any other path is 404. */
export const sourceFiles: Readonly<Record<string, string>> = {
  '/hello': 'hello',
  '/longer': 'a somewhat longer text',
};
