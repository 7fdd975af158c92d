import type { Dialect } from './dialect.ts';
import { glanceV1 } from './glance-v1/index.ts';
import { glanceV2 } from './glance-v2/index.ts';

/** THE registry: one line per dialect. A path goes to the first that claims it, else to the last of those asked. */
export const dialects: readonly Dialect[] = [glanceV1, glanceV2];
