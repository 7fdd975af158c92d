import { buildPrefix, builtFormats } from '../../../../mappings/build.ts';
import { recordOf } from '../../../core/build-record.ts';
import { type Fault, fault, isFault } from '../../../core/fault.ts';
import type { Draft } from '../../../core/operation.ts';
import { storedItems } from '../metadata.ts';
import type { BuildRequest } from './spec.ts';

/** The image that a build is to fill. Faults: metadata that cannot be stored. */
export function buildDraft({ name, metadata, spec }: BuildRequest): Draft | Fault {
  const taken = Object.keys(metadata).find((key) => key.startsWith(buildPrefix));
  if (taken !== undefined) return fault('bad-request', `The metadata key ${taken} is reserved.`);
  const items = storedItems(metadata);
  if (isFault(items)) return items;
  return {
    fields: new Map<string, unknown>([['name', name], ...Object.entries(builtFormats)]),
    properties: new Map<string, string | null>([...items, ...recordOf(spec)]),
  };
}
