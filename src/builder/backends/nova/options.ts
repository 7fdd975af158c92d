import type { GlanceClient } from '../../../glance/client.ts';
import type { ComputeClient } from '../../../glance/compute.ts';

/** Where servers and their snapshots are, seen as the builder. */
export interface Cloud {
  readonly compute: ComputeClient;
  readonly glance: GlanceClient;
  /** Milliseconds between two looks at something that takes its time. */
  readonly poll: number;
}

/** What the back end is told. */
export interface NovaOptions extends Cloud {
  /** The Compute API as clients reach it, with its version: the beginning of `buildServer` and `buildImage`. */
  readonly publicUrl: string;
  /**
   * Images to boot, by name and version of the system, lower-case: `debian12`; by name alone (`debian`) for every version;
   * with another architecture than the usual one behind (`debian12-aarch64`).
   */
  readonly images: Readonly<Record<string, string>>;
  /** The id of the servers' flavor. */
  readonly flavor: string;
  /** `none`, `auto` or a network's id. */
  readonly network: string;
}
