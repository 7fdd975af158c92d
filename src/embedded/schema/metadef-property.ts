import type { JsonSchema } from './json-schema.ts';

/** `GET /v2/schemas/metadefs/property`. */
export const metadefPropertySchema: JsonSchema = {
  name: 'property',
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
      minItems: 1,
      uniqueItems: true,
    },
  },
  required: ['type', 'title', 'name'],
};
