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

/** Looks callers up. */
export interface Identities {
  /** Whether every valid token is known here, so that an unknown one is not valid. */
  readonly complete: boolean;
  readonly find: Identify;
  /** What is known about a token without asking anybody. */
  readonly peek: (token: string) => Caller | undefined;
}

/** Where nobody can say who a token belongs to. */
export const unknownCallers: Identities = {
  complete: false,
  find: async () => undefined,
  peek: () => undefined,
};
