/** What an `installScript` comes to. */
export interface Provision {
  /** Runs as root in a guest of the new image; absent: no guest is needed. */
  readonly script?: string;
  /** Debian packages to install from the start. */
  readonly packages: readonly string[];
  /** The set of packages to begin with, in mmdebstrap's words. */
  readonly variant: 'minbase' | 'standard';
}
