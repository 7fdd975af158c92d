import type { BuildSite } from '../../backend.ts';
import type { ChooseAccelerator } from '../../machine/accelerator.ts';
import type { Sources } from '../../sources.ts';

/** What the back end is told by its configuration. */
export interface DebianRootfsOptions {
  /** The mirror that is used when an order names none. */
  readonly mirror: string;
  /** The mirror of security updates. */
  readonly security: string;
  /** Which other mirrors an order may name. */
  readonly sources: Pick<Sources, 'filter' | 'publicLookup'>;
  readonly accelerator: ChooseAccelerator;
  /** MiB of a guest. */
  readonly memory: number;
  /** Opens an HTTP proxy for the guest of a script, on a Unix socket; absent: no network. */
  readonly openProxy?: (
    site: Pick<BuildSite, 'folder' | 'log'>,
  ) => Promise<{ readonly socket: string; readonly close: () => Promise<void> }>;
}
