import { describe, expect, it } from 'vitest';
import { useFakeGlance } from './setting.ts';

const own = new Set(['member_status', 'sort', 'limit', 'marker']);

describe('what a v1 list asks of Glance', () => {
  const place = useFakeGlance();
  const asked = async (query: string) => {
    const got = await place.ask(`/v1/images/detail?${query}`);
    const target = place.glance.seen[0]?.target;
    const pairs = target === undefined ? undefined : [...new URL(target, 'http://g').searchParams];
    return { status: got.status, pairs: pairs?.filter(([name]) => !own.has(name)), target };
  };

  const values = [
    ...[
      'in:a,b',
      'gt:1',
      'neq:x',
      'eq:x',
      'a:b',
      'centos:7',
      ':',
      'in:"a,b"',
      'a,b',
      '"',
      "'",
      '%',
      '&',
    ],
    ...[
      'a&visibility=all',
      'a#b',
      'a=b',
      'a;b',
      '+',
      ' ',
      'é☃',
      '\\',
      '/../',
      '<script>',
      '\r\n',
      '\0',
    ],
  ];
  for (const value of values) {
    it(`name=${JSON.stringify(value)} means itself`, async () => {
      const { status, pairs } = await asked(`name=${encodeURIComponent(value)}`);
      expect(status).toBe(200);
      expect(pairs).toEqual([['name', `eq:${value}`]]);
    });

    it(`property-os=${JSON.stringify(value)} stays one value`, async () => {
      const { status, pairs } = await asked(`property-os=${encodeURIComponent(value)}`);
      expect(status).toBe(200);
      expect(pairs).toEqual([['os', value]]);
    });
  }

  it('passes none of the parameters that v1 does not know', async () => {
    const unknown =
      'visibility=all&owner=x&tag=t&os_hidden=true&member_status=accepted&all_tenants=1&sort=name&id=1&fields=a&deleted=true&__proto__=1';
    const { pairs } = await asked(unknown);
    expect(pairs).toEqual([]);
  });

  it('sifts properties that are named like parameters here', async () => {
    for (const name of [
      ...['visibility', 'owner', 'tag', 'limit', 'marker', 'sort', 'sort_key', 'member_status'],
      ...['os_hidden', 'protected', 'status', 'name', 'id', 'size_min', 'is_public', 'deleted'],
    ]) {
      const { pairs } = await asked(`property-${name}=all`);
      // an escaped name, or nothing at all: never the parameter
      expect([name, pairs?.map(([key]) => key).includes(name)]).toEqual([name, false]);
      place.glance.reset();
    }
  });

  it('of a repeated parameter the last one counts', async () => {
    expect((await asked('name=a&name=b')).pairs).toEqual([['name', 'eq:b']]);
  });

  it('numbers are numbers', async () => {
    for (const text of ['1e3', '0x10', '-1', '1.5', 'NaN', '', '٣', 'in:1,2']) {
      for (const name of ['limit', 'size_min', 'size_max', 'min_ram']) {
        place.glance.reset();
        const { status, pairs } = await asked(`${name}=${encodeURIComponent(text)}`);
        const got = [name, text, status];
        if (status === 200) {
          expect([...got, pairs?.every(([, value]) => /^\d+$/.test(value))]).toEqual([
            ...got,
            true,
          ]);
        } else expect(got).toEqual([name, text, 400]);
      }
    }
  });

  // right: digits stay digits; now the number is written as 1e+23
  it('huge numbers are still numbers', async () => {
    const { pairs } = await asked('size_min=99999999999999999999999');
    expect(pairs?.[0]?.[1]).toMatch(/^\d+$/);
  });

  it('limit and marker reach Glance in form only', async () => {
    for (const marker of ['x', '../..', 'a&limit=1', '']) {
      place.glance.reset();
      const { status } = await asked(`marker=${encodeURIComponent(marker)}`);
      expect(status).toBe(400);
      expect(place.glance.seen).toEqual([]);
    }
  });

  it('long and bad escapes are answered without delay', async () => {
    for (const text of ['%', '%zz', '%ff%fe', `name=${'a'.repeat(60_000)}`, '&'.repeat(60_000)]) {
      const start = performance.now();
      expect((await asked(text)).status).toBeLessThan(500);
      expect(performance.now() - start).toBeLessThan(500);
    }
  });

  it('the query of v2 passes byte for byte', async () => {
    const query = '?name=in:%22a,b%22&a=%26&b=%zz&c=+&&d';
    await place.ask(`/v2/images${query}`);
    expect(place.glance.seen[0]?.target).toBe(`/v2/images${query}`);
  });
});
