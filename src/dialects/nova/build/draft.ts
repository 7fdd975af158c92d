import { buildPrefix, builtFormats } from '../../../../mappings/build.ts';
import { metadataRules } from '../../../../mappings/nova.ts';
import { recordOf } from '../../../core/build-record.ts';
import { type Fault, fault, isFault } from '../../../core/fault.ts';
import type { Draft } from '../../../core/operation.ts';
import { limitExceeded, storedItems } from '../metadata.ts';
import type { BuildRequest } from './spec.ts';

/** Properties that a builder adds: how far it is, where it runs, and what went wrong. */
const roomForBuilder = 4;

/**
 * The image that a build is to fill. Where nobody can tell who has a token, it is private: only then is it certain that who sees
 * it may read its script. Faults: metadata that cannot be stored, or more than there is room for beside the build's own.
 */
export function buildDraft(
  { name, metadata, spec }: BuildRequest,
  callersKnown: boolean,
): Draft | Fault {
  const taken = Object.keys(metadata).find((key) => key.startsWith(buildPrefix));
  if (taken !== undefined) return fault('bad-request', `The metadata key ${taken} is reserved.`);
  const items = storedItems(metadata);
  if (isFault(items)) return items;
  const properties = new Map<string, string | null>([...items, ...recordOf(spec)]);
  if (properties.size + roomForBuilder > metadataRules.mostItems) {
    return fault('forbidden', limitExceeded);
  }
  return {
    fields: new Map<string, unknown>([
      ['name', name],
      ...Object.entries(builtFormats),
      ...(callersKnown ? [] : [['visibility', 'private'] as const]),
    ]),
    properties,
  };
}
