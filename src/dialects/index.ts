import { deltacloud } from './deltacloud/index.ts';
import type { Dialect } from './dialect.ts';
import { glanceV1 } from './glance-v1/index.ts';
import { createGlanceV2, type GlanceV2Settings } from './glance-v2/index.ts';
import { createNova, type NovaSettings } from './nova/index.ts';

/** What operators may choose about the dialects. */
export interface DialectSettings {
  readonly nova?: NovaSettings;
  readonly glanceV2?: GlanceV2Settings;
}

/** THE registry: one line per dialect. A path goes to the first that claims it, else to the last of those asked. */
export const createDialects = (settings: DialectSettings = {}): readonly Dialect[] => [
  glanceV1,
  createNova(settings.nova),
  deltacloud,
  createGlanceV2(settings.glanceV2),
];

/** The dialects as they are unless told otherwise; their names, tables and routes do not depend on settings. */
export const dialects = createDialects();
