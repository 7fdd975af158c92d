import type { JsonSchema } from './json-schema.ts';
import { definitionsWithProperty } from './metadef-definitions.ts';

/** `GET /v2/schemas/metadefs/object`. */
export const metadefObjectSchema: JsonSchema = {
  name: 'object',
  properties: {
    name: {
      type: 'string',
      maxLength: 80,
    },
    description: {
      type: 'string',
    },
    required: {
      $ref: '#/definitions/stringArray',
    },
    properties: {
      $ref: '#/definitions/property',
    },
    schema: {
      readOnly: true,
      type: 'string',
    },
    self: {
      readOnly: true,
      type: 'string',
    },
    created_at: {
      type: 'string',
      readOnly: true,
      description: 'Date and time of object creation',
      format: 'date-time',
    },
    updated_at: {
      type: 'string',
      readOnly: true,
      description: 'Date and time of the last object modification',
      format: 'date-time',
    },
  },
  additionalProperties: false,
  definitions: definitionsWithProperty,
  required: ['name'],
};
