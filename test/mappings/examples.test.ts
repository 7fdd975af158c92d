import { describe, expect, it } from 'vitest';
import { fields, filters, statuses } from '../../mappings/glance-v1.ts';
import { mappings } from '../../mappings/index.ts';
import type { FieldRow } from '../../mappings/rows.ts';
import { createCodecs } from '../../src/core/codecs.ts';
import { isFault } from '../../src/core/fault.ts';
import { compileLens } from '../../src/core/lens.ts';
import { readListQuery } from '../../src/dialects/glance-v1/list-query.ts';
import { imageOf } from './images.ts';

const lens = compileLens(fields, createCodecs(statuses));
const rows: readonly FieldRow[] = fields;

/** Rows in which a value travels. */
function travelling(table: readonly FieldRow[]) {
  return table.flatMap(({ legacy, v2, dir, example }) =>
    legacy !== null && v2 !== null && example ? [{ legacy, v2, dir, example }] : [],
  );
}

describe.each([...mappings])('the example of a field row of %s', (_, mapping) => {
  const own = compileLens(mapping.fields, createCodecs(mapping.statuses));

  it.each(travelling(mapping.fields))('reads $v2 as $legacy', ({ legacy, v2, example }) => {
    const [shown, stored] = example;
    expect(own.show(imageOf({ [v2]: stored }))[legacy]).toBe(shown);
  });

  it.each(travelling(mapping.fields).filter((row) => row.dir === 'both'))(
    'writes $legacy as $v2',
    ({ legacy, v2, example: [shown, stored] }) => {
      expect(own.write(legacy, shown)).toEqual([v2, stored]);
    },
  );
});

describe('a field row of glance-v1', () => {
  it.each(rows.filter((row) => row.legacy !== null && row.dir !== 'both'))(
    'never writes $legacy',
    ({ legacy }) => {
      expect(lens.write(legacy ?? '', 'anything')).toBeUndefined();
    },
  );

  it.each(rows.filter((row) => row.dir === 'constant'))(
    'always shows $legacy as $value',
    ({ legacy, value }) => {
      expect(lens.show(imageOf())[legacy ?? '']).toBe(value);
    },
  );

  it.each(rows.filter((row) => row.dir === 'write'))('never shows $legacy', ({ legacy }) => {
    expect(lens.show(imageOf())).not.toHaveProperty([legacy ?? '']);
  });

  it('shows the fields in the order of the table', () => {
    const order = rows.flatMap(({ legacy, dir }) =>
      legacy !== null && dir !== 'write' && dir !== 'absent' ? [legacy] : [],
    );
    expect(Object.keys(lens.show(imageOf()))).toEqual(order);
  });
});

/** What Glance would be asked, without the pair that every list has. */
function askedFor(query: string): string {
  const selection = readListQuery(new URLSearchParams(query), undefined);
  if (isFault(selection)) throw new TypeError(selection.message);
  const pairs = selection.ask.filter(([name]) => name !== 'member_status');
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

describe('the example of a filter row', () => {
  it.each(filters)('for $param asks Glance', ({ example: [query, asked] }) => {
    expect(askedFor(query)).toBe(asked);
  });

  it.each(filters.filter((row) => row.where === 'gateway'))(
    'for $param may sift here',
    ({ example: [query] }) => {
      const admin = {
        userId: 'u',
        userName: 'admin',
        projectId: 'p',
        projectName: 'p',
        roles: ['admin'],
      };
      const strict = query.replace('None', 'True');
      const selection = readListQuery(new URLSearchParams(strict), admin);
      expect(!isFault(selection) && selection.keep).toBeTypeOf('function');
    },
  );
});
