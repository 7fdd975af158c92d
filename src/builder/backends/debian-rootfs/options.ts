import type { BuildSite } from '../../backend.ts';
import type { ChooseAccelerator } from '../../machine/accelerator.ts';

/** What the back end is told by its configuration. */
export interface DebianRootfsOptions {
  /** The mirror that is used when an order names none. */
  readonly mirror: string;
  /** The archive of security updates; absent: none are built in. */
  readonly security?: string;
  /** Judges a URL of `installSource`; throws `BuildFailure` for one that may not be fetched from. */
  readonly admit: (url: string) => Promise<URL>;
  readonly accelerator: ChooseAccelerator;
  /** MiB of a guest. */
  readonly memory: number;
  /** Opens an HTTP proxy for the guest of a script, on a Unix socket; absent: no network. */
  readonly openProxy?: (
    site: Pick<BuildSite, 'folder' | 'log'>,
  ) => Promise<{ readonly socket: string; readonly close: () => Promise<void> }>;
}
