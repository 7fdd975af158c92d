import type { JsonSchema } from './json-schema.ts';

/** The schema of an item that is keyed by its name, and so need not repeat it. */
export function unnamed(schema: JsonSchema): JsonSchema {
  return { ...schema, required: (schema.required ?? []).filter((name) => name !== 'name') };
}
