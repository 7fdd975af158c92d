/** The tables of every translated dialect, by its name; documents and tests go through all of them, the dialects take what they need. */
import * as deltacloud from './deltacloud.ts';
import * as glanceV1 from './glance-v1.ts';
import * as nova from './nova.ts';
import type { DialectMapping } from './rows.ts';

export const mappings: ReadonlyMap<string, DialectMapping> = new Map<string, DialectMapping>([
  ['glance-v1', glanceV1],
  ['nova', nova],
  ['deltacloud', deltacloud],
]);
