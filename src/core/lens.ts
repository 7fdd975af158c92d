import type { FieldRow } from '../../mappings/rows.ts';
import type { Codec } from './codecs.ts';
import type { BaseFields, Image, ReadableField, Scalar } from './image.ts';

/** A dialect's field table, compiled once into closures (code from strings is refused on workerd). */
export interface Lens {
  /** The dialect's fields of an image, in the table's order, without its properties. */
  readonly show: (image: Image) => Record<string, unknown>;
  /** The same, only the named fields, in the given order. */
  readonly pick: (names: readonly string[]) => (image: Image) => Record<string, unknown>;
  /** A dialect's value of a field → Glance's name and value; `undefined` when Glance has no such writable field. */
  readonly write: (
    legacy: string,
    value: Scalar,
  ) => readonly [v2: string, value: Scalar] | undefined;
}

type Reader = (base: BaseFields) => Scalar;

function readerOf(row: FieldRow, codecs: Readonly<Record<string, Codec>>): Reader | undefined {
  if (row.dir === 'constant') {
    const value = row.value ?? null;
    return () => value;
  }
  if ((row.dir !== 'both' && row.dir !== 'read') || row.v2 === null) return undefined;
  const codec = codecs[row.codec ?? 'verbatim'];
  if (!codec) throw new TypeError(`no codec ${row.codec}`);
  const field = row.v2 as ReadableField;
  const { read } = codec;
  return (base) => read(base[field]);
}

/** Compiles the rows; throws a `TypeError` for a row that names an unknown codec. */
export function compileLens(
  rows: readonly FieldRow[],
  codecs: Readonly<Record<string, Codec>>,
): Lens {
  const readers = new Map<string, Reader>();
  const writers = new Map<string, readonly [string, Codec]>();
  for (const row of rows) {
    if (row.legacy === null) continue;
    const reader = readerOf(row, codecs);
    if (reader) readers.set(row.legacy, reader);
    const codec = codecs[row.codec ?? 'verbatim'];
    if (row.dir === 'both' && row.v2 !== null && codec) writers.set(row.legacy, [row.v2, codec]);
  }
  const pick = (names: readonly string[]) => {
    const chosen = names.map((name) => {
      const reader = readers.get(name);
      if (!reader) throw new TypeError(`no readable field ${name}`);
      return [name, reader] as const;
    });
    return (image: Image) => {
      const shown: Record<string, unknown> = {};
      for (const [name, reader] of chosen) shown[name] = reader(image.base);
      return shown;
    };
  };
  return {
    show: pick([...readers.keys()]),
    pick,
    write: (legacy, value) => {
      const writer = writers.get(legacy);
      return writer && [writer[0], writer[1].write(value)];
    },
  };
}
