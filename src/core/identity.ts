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
