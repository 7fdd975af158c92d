import type { UpstreamAnswer } from '../core/upstream.ts';
import { importMethods } from './data/import-methods.ts';
import { json } from './http/answers.ts';
import { notFound } from './http/fault.ts';

/** `GET /v2/info/import`. */
export async function showImportMethods(): Promise<UpstreamAnswer> {
  const description = 'Import methods available.';
  return json({ 'import-methods': { description, type: 'array', value: importMethods } });
}

/** `GET /v2/info/stores` and `/detail`: there is one store only. */
export async function showStores(): Promise<UpstreamAnswer> {
  throw notFound('Multi backend is not supported at this site.');
}

/** `GET /v2/info/usage`: no quotas are kept by the Identity service. */
export async function showUsage(): Promise<UpstreamAnswer> {
  return json({ usage: {} });
}

/** `DELETE /v2/stores/{store_id}/{image_id}`: as without several stores. */
export async function removeFromStore(): Promise<UpstreamAnswer> {
  throw notFound();
}
