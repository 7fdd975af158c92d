import type { JsonSchema } from './json-schema.ts';
import { definitionsWithProperty } from './metadef-definitions.ts';

/** `GET /v2/schemas/metadefs/namespace`. */
export const metadefNamespaceSchema: JsonSchema = {
  name: 'namespace',
  properties: {
    namespace: {
      type: 'string',
      description: 'The unique namespace text.',
      maxLength: 80,
    },
    display_name: {
      type: 'string',
      description: 'The user friendly name for the namespace. Used by UI if available.',
      maxLength: 80,
    },
    description: {
      type: 'string',
      description: 'Provides a user friendly description of the namespace.',
      maxLength: 500,
    },
    visibility: {
      type: 'string',
      description: 'Scope of namespace accessibility.',
      enum: ['public', 'private'],
    },
    protected: {
      type: 'boolean',
      description: 'If true, namespace will not be deletable.',
    },
    owner: {
      type: 'string',
      description: 'Owner of the namespace.',
      maxLength: 255,
    },
    created_at: {
      type: 'string',
      readOnly: true,
      description: 'Date and time of namespace creation',
      format: 'date-time',
    },
    updated_at: {
      type: 'string',
      readOnly: true,
      description: 'Date and time of the last namespace modification',
      format: 'date-time',
    },
    schema: {
      readOnly: true,
      type: 'string',
    },
    self: {
      readOnly: true,
      type: 'string',
    },
    resource_type_associations: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: {
            type: 'string',
          },
          prefix: {
            type: 'string',
          },
          properties_target: {
            type: 'string',
          },
        },
      },
    },
    properties: {
      $ref: '#/definitions/property',
    },
    objects: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: {
            type: 'string',
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
        },
      },
    },
    tags: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: {
            type: 'string',
          },
        },
      },
    },
  },
  additionalProperties: false,
  definitions: definitionsWithProperty,
  required: ['namespace'],
};
