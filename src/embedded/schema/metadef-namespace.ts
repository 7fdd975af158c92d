import type { JsonSchema } from './json-schema.ts';

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
  definitions: {
    positiveInteger: {
      type: 'integer',
      minimum: 0,
    },
    positiveIntegerDefault0: {
      allOf: [
        {
          $ref: '#/definitions/positiveInteger',
        },
        {
          default: 0,
        },
      ],
    },
    stringArray: {
      type: 'array',
      items: {
        type: 'string',
      },
      uniqueItems: true,
    },
    property: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['title', 'type'],
        properties: {
          name: {
            type: 'string',
            maxLength: 80,
          },
          title: {
            type: 'string',
          },
          description: {
            type: 'string',
          },
          operators: {
            type: 'array',
            items: {
              type: 'string',
            },
          },
          type: {
            type: 'string',
            enum: ['array', 'boolean', 'integer', 'number', 'object', 'string', null],
          },
          required: {
            $ref: '#/definitions/stringArray',
          },
          minimum: {
            type: 'number',
          },
          maximum: {
            type: 'number',
          },
          maxLength: {
            $ref: '#/definitions/positiveInteger',
          },
          minLength: {
            $ref: '#/definitions/positiveIntegerDefault0',
          },
          pattern: {
            type: 'string',
            format: 'regex',
          },
          enum: {
            type: 'array',
          },
          readonly: {
            type: 'boolean',
          },
          default: {},
          items: {
            type: 'object',
            properties: {
              type: {
                type: 'string',
                enum: ['array', 'boolean', 'integer', 'number', 'object', 'string', null],
              },
              enum: {
                type: 'array',
              },
            },
          },
          maxItems: {
            $ref: '#/definitions/positiveInteger',
          },
          minItems: {
            $ref: '#/definitions/positiveIntegerDefault0',
          },
          uniqueItems: {
            type: 'boolean',
            default: false,
          },
          additionalItems: {
            type: 'boolean',
          },
        },
      },
    },
  },
  required: ['namespace'],
};
