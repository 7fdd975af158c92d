import type { JsonSchema } from './json-schema.ts';

type Schemas = Readonly<Record<string, JsonSchema>>;

/** What a property definition may say (JSON schema's own words, a few of Glance's). */
export const propertyMembers: Schemas = {
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
};

/** Definitions that `$ref`s in the metadata schemas point to. */
export const sharedDefinitions: Schemas = {
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
};

/** The same with a whole property definition among them, for namespaces and objects. */
export const definitionsWithProperty: Schemas = {
  ...sharedDefinitions,
  property: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['title', 'type'],
      properties: propertyMembers,
    },
  },
};
