import type { JsonSchema } from './json-schema.ts';
import { prettyText, reprOf } from './python-text.ts';

type Path = readonly (string | number)[];

interface Violation {
  readonly keyword: string;
  readonly message: string;
  readonly schema: JsonSchema;
  readonly instance: unknown;
  readonly path: Path;
  readonly schemaPath: Path;
}

interface Place {
  readonly path: Path;
  readonly schemaPath: Path;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  return typeof value === type;
}

function typesOf(schema: JsonSchema): readonly string[] {
  if (schema.type === undefined) return [];
  return typeof schema.type === 'string' ? [schema.type] : schema.type;
}

type Check = (value: unknown, schema: JsonSchema) => string | undefined;

const longerThan = (value: unknown, limit: number): boolean =>
  typeof value === 'string' && Array.from(value).length > limit;

/** Keywords that look at the value itself; each gives its message when the value does not conform. */
const checks: Readonly<Record<string, Check>> = {
  type: (value, schema) =>
    typesOf(schema).some((type) => isType(value, type))
      ? undefined
      : `${reprOf(value)} is not of type ${typesOf(schema).map(reprOf).join(', ')}`,
  enum: (value, schema) =>
    schema.enum?.some((choice) => choice === value)
      ? undefined
      : `${reprOf(value)} is not one of ${reprOf(schema.enum)}`,
  pattern: (value, schema) =>
    typeof value !== 'string' || new RegExp(schema.pattern ?? '', 'u').test(value)
      ? undefined
      : `${reprOf(value)} does not match ${reprOf(schema.pattern)}`,
  maxLength: (value, schema) =>
    longerThan(value, schema.maxLength ?? Infinity) ? `${reprOf(value)} is too long` : undefined,
  minLength: (value, schema) =>
    typeof value !== 'string' || longerThan(value, (schema.minLength ?? 0) - 1)
      ? undefined
      : `${reprOf(value)} is too short`,
  minimum: (value, schema) =>
    typeof value === 'number' && value < (schema.minimum ?? -Infinity)
      ? `${value} is less than the minimum of ${schema.minimum}`
      : undefined,
  minItems: (value, schema) =>
    Array.isArray(value) && value.length < (schema.minItems ?? 0)
      ? `${reprOf(value)} is too short`
      : undefined,
  uniqueItems: (value) =>
    Array.isArray(value) && new Set(value.map(reprOf)).size !== value.length
      ? `${reprOf(value)} has non-unique elements`
      : undefined,
};

type Descent = (
  value: unknown,
  schema: JsonSchema,
  root: JsonSchema,
  at: Place,
) => Generator<Violation>;

function* members(value: unknown, schema: JsonSchema, root: JsonSchema, at: Place) {
  if (!isRecord(value)) return;
  for (const [name, sub] of Object.entries(schema.properties ?? {})) {
    if (!Object.hasOwn(value, name)) continue;
    const schemaPath = [...at.schemaPath, 'properties', name];
    yield* violations(value[name], sub, root, { path: [...at.path, name], schemaPath });
  }
}

function* extraMembers(value: unknown, schema: JsonSchema, root: JsonSchema, at: Place) {
  const { properties = {}, additionalProperties: additional } = schema;
  if (!isRecord(value) || additional === undefined || additional === true) return;
  const extras = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  const schemaPath = [...at.schemaPath, 'additionalProperties'];
  if (additional !== false) {
    for (const name of extras) {
      yield* violations(value[name], additional, root, { path: [...at.path, name], schemaPath });
    }
  } else if (extras.length > 0) {
    const names = `${extras.map(reprOf).join(', ')} ${extras.length === 1 ? 'was' : 'were'}`;
    const message = `Additional properties are not allowed (${names} unexpected)`;
    yield {
      message,
      keyword: 'additionalProperties',
      schema,
      instance: value,
      path: at.path,
      schemaPath,
    };
  }
}

function* missingMembers(value: unknown, schema: JsonSchema, _root: JsonSchema, at: Place) {
  if (!isRecord(value)) return;
  const schemaPath = [...at.schemaPath, 'required'];
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(value, name)) continue;
    const message = `${reprOf(name)} is a required property`;
    yield { message, keyword: 'required', schema, instance: value, path: at.path, schemaPath };
  }
}

function* arrayItems(value: unknown, schema: JsonSchema, root: JsonSchema, at: Place) {
  if (!Array.isArray(value) || schema.items === undefined) return;
  const schemaPath = [...at.schemaPath, 'items'];
  for (const [index, item] of value.entries()) {
    yield* violations(item, schema.items, root, { path: [...at.path, index], schemaPath });
  }
}

function* combined(value: unknown, schema: JsonSchema, root: JsonSchema, at: Place) {
  for (const [index, sub] of (schema.allOf ?? []).entries()) {
    yield* violations(value, sub, root, { ...at, schemaPath: [...at.schemaPath, 'allOf', index] });
  }
}

function* referred(value: unknown, schema: JsonSchema, root: JsonSchema, at: Place) {
  const target = root.definitions?.[(schema.$ref ?? '').replace('#/definitions/', '')];
  if (target === undefined) return;
  yield* violations(value, target, root, at);
}

/** Keywords that look into the value. */
const descents: Readonly<Record<string, Descent>> = {
  properties: members,
  additionalProperties: extraMembers,
  required: missingMembers,
  items: arrayItems,
  allOf: combined,
  $ref: referred,
};

/** Goes through the keywords in the order of the document, on which the choice among errors depends. */
function* violations(
  value: unknown,
  schema: JsonSchema,
  root: JsonSchema,
  at: Place,
): Generator<Violation> {
  for (const keyword of Object.keys(schema)) {
    const message = checks[keyword]?.(value, schema);
    if (message !== undefined) {
      const schemaPath = [...at.schemaPath, keyword];
      yield { keyword, message, schema, instance: value, path: at.path, schemaPath };
    }
    const descend = descents[keyword];
    if (descend !== undefined) yield* descend(value, schema, root, at);
  }
}

function indexed(container: string, path: Path): string {
  return container + path.map((step) => `[${reprOf(step)}]`).join('');
}

function indented(value: unknown): string {
  return prettyText(value, 72).replaceAll('\n', '\n    ');
}

/** Whether the value has the type that the schema wants; such an error is the less telling one. */
function matchesType({ schema, instance }: Violation): boolean {
  return typesOf(schema).some((type) => isType(instance, type));
}

/** Glance's sentence about the most telling violation; `undefined` when the value conforms. */
export function violationOf(value: unknown, schema: JsonSchema): string | undefined {
  let best: Violation | undefined;
  for (const next of violations(value, schema, schema, { path: [], schemaPath: [] })) {
    const better =
      best === undefined ||
      next.path.length < best.path.length ||
      (next.path.length === best.path.length && matchesType(best) && !matchesType(next));
    if (better) best = next;
  }
  if (best === undefined) return undefined;
  const text = [
    best.message,
    '',
    `Failed validating ${reprOf(best.keyword)} in ${indexed('schema', best.schemaPath.slice(0, -1))}:`,
    `    ${indented(best.schema)}`,
    '',
    `On ${indexed('instance', best.path)}:`,
    `    ${indented(best.instance)}`,
  ].join('\n');
  return `Provided object does not match schema '${schema.name}': ${text}`;
}
