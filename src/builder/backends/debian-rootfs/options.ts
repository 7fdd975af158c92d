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
  /** Whether a script's guest reaches the mirrors. */
  readonly network: boolean;
}
