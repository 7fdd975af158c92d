import { storeSchemes } from '../../../mappings/starlingx.ts';
import { type Fault, isFault } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import type { Body } from '../../core/upstream.ts';

/** Glance's store ids and the words for them (`file`, `rbd`); empty = answers are left alone. */
export type StoreWords = ReadonlyMap<string, string>;

const bySchema = new Map<string, string>(storeSchemes.map((row) => [row.scheme, row.store]));

function storeOf(image: Record<string, unknown>, words: StoreWords): string | undefined {
  const url = image['direct_url'];
  const scheme = typeof url === 'string' ? url.split(':', 1)[0] : undefined;
  const byUrl = bySchema.get(scheme ?? '');
  if (byUrl !== undefined) return byUrl;
  const stores = typeof image['stores'] === 'string' ? image['stores'].split(',') : [];
  const shown = stores.flatMap((id) => words.get(id.trim()) ?? []);
  return shown.length > 0 ? [...new Set(shown)].join(', ') : undefined;
}

function withStore(value: unknown, words: StoreWords): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const image = value as Record<string, unknown>;
  if (Array.isArray(image['images'])) {
    return { ...image, images: image['images'].map((each) => withStore(each, words)) };
  }
  if (image['status'] !== 'active' || 'store' in image) return value;
  const store = storeOf(image, words);
  return store === undefined ? value : { ...image, store };
}

async function textOf(body: Body): Promise<string> {
  if (body === null || typeof body === 'string') return body ?? '';
  return new Response(body as ConstructorParameters<typeof Response>[0]).text();
}

/** Shows in an answer of Glance where active images are stored; what is no image document stays as it is. */
export async function showStores(reply: Reply | Fault, words: StoreWords): Promise<Reply | Fault> {
  if (isFault(reply) || reply.status >= 300) return reply;
  const isJson = reply.headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /^application\/json/i.test(value),
  );
  if (!isJson) return reply;
  const text = await textOf(reply.body);
  const headers = reply.headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  try {
    return { ...reply, headers, body: JSON.stringify(withStore(JSON.parse(text), words)) };
  } catch {
    return { ...reply, headers, body: text };
  }
}
