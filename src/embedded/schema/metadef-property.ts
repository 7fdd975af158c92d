import type { JsonSchema } from './json-schema.ts';
import { propertyMembers, sharedDefinitions } from './metadef-definitions.ts';

/** `GET /v2/schemas/metadefs/property`. */
export const metadefPropertySchema: JsonSchema = {
  name: 'property',
  properties: propertyMembers,
  additionalProperties: false,
  definitions: {
    ...sharedDefinitions,
    // only here must a list of strings hold one
    stringArray: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
  },
  required: ['type', 'title', 'name'],
};
