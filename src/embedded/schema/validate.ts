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

/** Length in code points, as Python counts. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function ownMessages(value: unknown, schema: JsonSchema): [keyword: string, message: string][] {
  const found: [string, string][] = [];
  for (const keyword of Object.keys(schema)) {
    if (keyword === 'type' && !typesOf(schema).some((type) => isType(value, type))) {
      found.push([
        keyword,
        `${reprOf(value)} is not of type ${typesOf(schema).map(reprOf).join(', ')}`,
      ]);
    }
    if (keyword === 'enum' && !schema.enum?.some((choice) => choice === value)) {
      found.push([keyword, `${reprOf(value)} is not one of ${reprOf(schema.enum)}`]);
    }
    if (typeof value === 'string') {
      if (keyword === 'pattern' && !new RegExp(schema.pattern ?? '', 'u').test(value)) {
        found.push([keyword, `${reprOf(value)} does not match ${reprOf(schema.pattern)}`]);
      }
      if (keyword === 'maxLength' && lengthOf(value) > (schema.maxLength ?? Infinity)) {
        found.push([keyword, `${reprOf(value)} is too long`]);
      }
      if (keyword === 'minLength' && lengthOf(value) < (schema.minLength ?? 0)) {
        found.push([keyword, `${reprOf(value)} is too short`]);
      }
    }
    if (keyword === 'minimum' && typeof value === 'number' && value < (schema.minimum ?? 0)) {
      found.push([keyword, `${value} is less than the minimum of ${schema.minimum}`]);
    }
    if (keyword === 'uniqueItems' && schema.uniqueItems === true && Array.isArray(value)) {
      if (new Set(value.map((item) => reprOf(item))).size !== value.length) {
        found.push([keyword, `${reprOf(value)} has non-unique elements`]);
      }
    }
    if (keyword === 'required' && isRecord(value)) {
      for (const name of schema.required ?? []) {
        if (!Object.hasOwn(value, name))
          found.push([keyword, `${reprOf(name)} is a required property`]);
      }
    }
  }
  return found;
}

function* memberViolations(
  value: Record<string, unknown>,
  schema: JsonSchema,
  root: JsonSchema,
  at: Place,
): Generator<Violation> {
  const { properties = {}, additionalProperties: additional } = schema;
  for (const [name, sub] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const schemaPath = [...at.schemaPath, 'properties', name];
    yield* violations(value[name], sub, root, { path: [...at.path, name], schemaPath });
  }
  if (additional === undefined || additional === true) return;
  const extras = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  if (additional === false) {
    if (extras.length === 0) return;
    const verb = extras.length === 1 ? 'was' : 'were';
    const message = `Additional properties are not allowed (${extras.map(reprOf).join(', ')} ${verb} unexpected)`;
    const schemaPath = [...at.schemaPath, 'additionalProperties'];
    yield {
      keyword: 'additionalProperties',
      message,
      schema,
      instance: value,
      path: at.path,
      schemaPath,
    };
    return;
  }
  for (const name of extras) {
    const schemaPath = [...at.schemaPath, 'additionalProperties'];
    yield* violations(value[name], additional, root, { path: [...at.path, name], schemaPath });
  }
}

function* violations(
  value: unknown,
  schema: JsonSchema,
  root: JsonSchema,
  at: Place,
): Generator<Violation> {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '');
    const target = root.definitions?.[name];
    if (target)
      yield* violations(value, target, root, { ...at, schemaPath: [...at.schemaPath, '$ref'] });
    return;
  }
  for (const [keyword, message] of ownMessages(value, schema)) {
    const schemaPath = [...at.schemaPath, keyword];
    yield { keyword, message, schema, instance: value, path: at.path, schemaPath };
  }
  if (isRecord(value)) yield* memberViolations(value, schema, root, at);
  for (const [index, sub] of (schema.allOf ?? []).entries()) {
    yield* violations(value, sub, root, { ...at, schemaPath: [...at.schemaPath, 'allOf', index] });
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    for (const [index, item] of value.entries()) {
      const schemaPath = [...at.schemaPath, 'items'];
      yield* violations(item, schema.items, root, { path: [...at.path, index], schemaPath });
    }
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
