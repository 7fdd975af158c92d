import type { Fault } from './fault.ts';

/** Who holds a credential, as the Identity service (or the embedded identities) says. */
export interface Caller {
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
}

/** Looks a token up; `undefined` when it is not (or no longer) valid. */
export type Identify = (token: string) => Promise<Caller | undefined>;

/** User name and password, and the project to work in, as names. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly project: string | undefined;
}

/** A token for a password. Faults: `unauthorized`, or the Identity service not to be had. */
export type Login = (
  credentials: Credentials,
  /** A token kept from before is not to be used: it was refused. */
  fresh?: boolean,
) => Promise<{ readonly token: string; readonly caller: Caller } | Fault>;

/** Looks callers up. */
export interface Identities {
  /** Whether every valid token is known here, so that an unknown one is not valid. */
  readonly complete: boolean;
  /** Fault: the Identity service is not to be had. */
  readonly find: (token: string) => Promise<Caller | undefined | Fault>;
  /** What is known about a token without asking anybody. */
  readonly peek: (token: string) => Caller | undefined;
}

/** Where nobody can say who a token belongs to. */
export const unknownCallers: Identities = {
  complete: false,
  find: async () => undefined,
  peek: () => undefined,
};
