import type { ImageRecord } from './record.ts';

/** An image as JSON text. Properties go as pairs, so that a name like `__proto__` stays plain data. */
export function encodeImage(record: ImageRecord): string {
  return JSON.stringify({ ...record, properties: [...record.properties] });
}

/** Reads {@link encodeImage}'s text; `undefined` when it is not one (a torn or foreign file). */
export function decodeImage(text: string): ImageRecord | undefined {
  try {
    const raw = JSON.parse(text) as ImageRecord & { properties: [string, string | null][] };
    if (typeof raw.id !== 'string' || typeof raw.status !== 'string') return undefined;
    if (!Array.isArray(raw.properties)) return undefined;
    return { ...raw, properties: new Map(raw.properties) };
  } catch {
    return undefined;
  }
}
