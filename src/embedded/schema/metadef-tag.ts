import type { JsonSchema } from './json-schema.ts';

/** `GET /v2/schemas/metadefs/tag`. */
export const metadefTagSchema: JsonSchema = {
  name: 'tag',
  properties: {
    name: {
      type: 'string',
      maxLength: 80,
    },
    created_at: {
      type: 'string',
      readOnly: true,
      description: 'Date and time of tag creation',
      format: 'date-time',
    },
    updated_at: {
      type: 'string',
      readOnly: true,
      description: 'Date and time of the last tag modification',
      format: 'date-time',
    },
  },
  additionalProperties: false,
  required: ['name'],
};
