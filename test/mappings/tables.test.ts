import { describe, expect, it } from 'vitest';
import * as faultTables from '../../mappings/faults.ts';
import * as glanceImage from '../../mappings/glance-image.ts';
import { glanceFields } from '../../mappings/glance-image.ts';
import * as glanceV1 from '../../mappings/glance-v1.ts';
import { mappings } from '../../mappings/index.ts';
import type { Direction } from '../../mappings/rows.ts';
import { createCodecs } from '../../src/core/codecs.ts';
import { dialects } from '../../src/dialects/index.ts';

const allTables = { ...faultTables, ...glanceImage };

const glanceStatuses = [
  'queued',
  'saving',
  'uploading',
  'importing',
  'active',
  'killed',
  'deleted',
  'pending_delete',
  'deactivated',
];

const carriesExample: ReadonlySet<Direction> = new Set(['both', 'read']);

/** What is there more than once. */
function repeated<T>(values: readonly T[]): T[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

describe.each(Object.keys(allTables))('the table %s', (name) => {
  it('is data and nothing else', () => {
    const table: unknown = allTables[name as keyof typeof allTables];
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });
});

it('every dialect that is translated has tables', () => {
  const translated = dialects.filter(({ routes }) => routes.some((route) => 'decode' in route));
  expect([...mappings.keys()]).toEqual(translated.map(({ name }) => name));
});

describe.each([...mappings])('the tables of %s', (_, mapping) => {
  it('are data and nothing else', () => {
    const tables = { ...mapping };
    expect(JSON.parse(JSON.stringify(tables))).toEqual(tables);
  });

  it('have differences with a topic each, and words in every column', () => {
    expect(repeated(mapping.differences.map((row) => row.topic))).toEqual([]);
    const empty = mapping.differences.filter((row) =>
      Object.values(row).some((text) => text.trim() === ''),
    );
    expect(empty).toEqual([]);
  });

  it('have each filter once', () => {
    expect(repeated(mapping.filters.map((row) => row.param))).toEqual([]);
  });

  it('have a word for every status of Glance, once', () => {
    expect(mapping.statuses.map((row) => row.v2).sort()).toEqual([...glanceStatuses].sort());
  });
});

describe.each([...mappings])('the fields of %s', (_, { fields }) => {
  it.each(glanceFields.map((field) => field.name))('account for %s of Glance', (name) => {
    expect(fields.filter((row) => row.v2 === name).length).toBeGreaterThan(0);
  });

  it('have each legacy name once', () => {
    expect(repeated(fields.flatMap((row) => row.legacy ?? []))).toEqual([]);
  });

  it('say why where nothing travels both ways or is shown', () => {
    const silent = fields.filter(
      (row) => !carriesExample.has(row.dir) && row.dir !== 'constant' && row.why.trim() === '',
    );
    expect(silent).toEqual([]);
  });

  it('have an example and a codec where a value travels', () => {
    const bare = fields.filter(
      ({ dir, example, codec }) => carriesExample.has(dir) && !(example && codec),
    );
    expect(bare).toEqual([]);
  });

  it('name both sides where a value travels', () => {
    const oneSided = fields.filter(
      ({ dir, legacy, v2 }) => carriesExample.has(dir) && (legacy === null || v2 === null),
    );
    expect(oneSided).toEqual([]);
  });

  it('have a legacy name where the dialect has the field, and none where it has not', () => {
    const wrong = fields.filter(({ dir, legacy }) => (dir === 'absent') !== (legacy === null));
    expect(wrong).toEqual([]);
  });

  it('write nothing that Glance never takes', () => {
    const never = new Set<string>(
      glanceFields.filter((field) => field.writable === 'never').map((field) => field.name),
    );
    const wrong = fields.filter(({ dir, v2 }) => dir === 'both' && v2 !== null && never.has(v2));
    expect(wrong).toEqual([]);
  });

  it('never show where data lies', () => {
    const shown = fields.filter(({ dir }) => dir !== 'absent' && dir !== 'write');
    const names = shown.flatMap((row) => row.v2 ?? []);
    for (const secret of ['direct_url', 'locations', 'stores', 'file']) {
      expect(names).not.toContain(secret);
    }
  });
});

describe('the statuses of glance-v1', () => {
  it('are words that v1 had', () => {
    const words = ['queued', 'saving', 'active', 'killed', 'deleted', 'pending_delete'];
    expect(new Set(glanceV1.statuses.map((row) => row.legacy))).toEqual(
      new Set([...words, 'deactivated']),
    );
  });

  it('give data for active images only', () => {
    const open = glanceV1.statuses.filter((row) => row.data === 'yes');
    expect(open.map((row) => row.v2)).toEqual(['active']);
  });

  it.each(glanceV1.statuses)('read $v2 as $legacy', ({ v2, legacy }) => {
    expect(createCodecs(glanceV1.statuses).status.read(v2)).toBe(legacy);
  });

  it('have a canonical word of Glance for each word of v1', () => {
    const { status } = createCodecs(glanceV1.statuses);
    for (const { legacy } of glanceV1.statuses) {
      expect(status.read(status.write(legacy))).toBe(legacy);
    }
  });
});

describe('the sort keys of glance-v1', () => {
  it('are the eight of v1, each once', () => {
    const expected = [
      'name',
      'status',
      'container_format',
      'disk_format',
      'size',
      'id',
      'created_at',
      'updated_at',
    ];
    expect(glanceV1.sortKeys.map((row) => row.legacy).sort()).toEqual(expected.sort());
  });

  it('lead to fields of Glance', () => {
    const names = new Set<string>(glanceFields.map((field) => field.name));
    expect(glanceV1.sortKeys.filter((row) => !names.has(row.v2))).toEqual([]);
  });
});

describe('the filters of glance-v1', () => {
  it('ask Glance for nothing where the gateway sifts', () => {
    const wrong = glanceV1.filters.filter(
      ({ where, v2 }) => (where === 'gateway' || where === 'ignored') !== (v2 === null),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the brief list of glance-v1', () => {
  it('is made of shown fields', () => {
    const shown = glanceV1.fields.filter((row) => row.dir === 'both' || row.dir === 'read');
    const names = new Set<string | null>(shown.map((row) => row.legacy));
    expect(glanceV1.briefFields.filter((name) => !names.has(name))).toEqual([]);
  });
});
