import { faults } from '../../mappings/faults.ts';
import type { DialectMapping, FieldRow } from '../../mappings/rows.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { code, table } from './markdown.ts';

const words: Readonly<Record<FieldRow['dir'], string>> = {
  both: '⇄ read and written',
  read: '← shown only',
  write: '→ taken only',
  constant: 'always the same',
  absent: 'not in this API',
};

function fieldTable(mapping: DialectMapping): string {
  return table(
    ['field', 'Glance v2', 'direction', 'example', 'remarks'],
    mapping.fields.map((row) => [
      code(row.legacy),
      code(row.v2),
      words[row.dir],
      row.example
        ? `${code(JSON.stringify(row.example[0]))} ⇄ ${code(JSON.stringify(row.example[1]))}`
        : '',
      row.why,
    ]),
  );
}

function filterTable(mapping: DialectMapping): string {
  return table(
    ['parameter', 'asked of Glance', 'sifted', 'example', 'remarks'],
    mapping.filters.map((row) => [
      code(row.param),
      code(row.v2),
      row.where === 'glance'
        ? 'by Glance'
        : row.where === 'ignored'
          ? 'not at all'
          : row.where === 'both'
            ? 'by Glance or here'
            : 'here',
      row.example[1] ? `${code(row.example[0])} → ${code(row.example[1])}` : code(row.example[0]),
      row.why,
    ]),
  );
}

/** Every endpoint of a dialect. */
export function routeTable(dialect: Dialect): string {
  return table(
    ['method', 'path', 'operation'],
    dialect.routes.map((route) => [
      route.method === '*' ? 'any' : route.method,
      code(route.path || '(nothing)'),
      route.operation,
    ]),
  );
}

/** The page of one dialect, wholly from its tables. */
export function dialectPage(dialect: Dialect, mapping: DialectMapping): string {
  return `# ${mapping.title}

Generated from \`mappings/${dialect.name}.ts\` and the route table by \`npm run docs\`; do not edit.

Served on the combined listener by its own paths, under \`${dialect.prefix}\`, and on a listener of its own
(\`POLYGLANCE_LISTEN=${dialect.listener}=PORT\`).

## Endpoints
${routeTable(dialect)}

## Fields
${fieldTable(mapping)}

## Statuses
${table(
  ['Glance v2', 'here', 'remarks'],
  mapping.statuses.map((row) => [code(row.v2), code(row.legacy), row.why]),
)}

## List parameters
${filterTable(mapping)}

Sort keys: ${mapping.sortKeys.map((row) => code(row.legacy)).join(', ') || 'none'}.

## Known differences from the original server
${table(
  ['topic', 'the original', 'here', 'why'],
  mapping.differences.map((row) => [row.topic, row.native, row.here, row.why]),
)}
`;
}

/** What can go wrong, and the status that each API answers with. */
export function faultTable(): string {
  return table(
    ['fault', 'status', 'said by default'],
    faults.map((row) => [code(row.kind), `${row.status} ${row.title}`, row.sentence]),
  );
}
