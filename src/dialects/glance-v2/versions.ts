import { versions as v1Versions } from '../../../mappings/glance-v1.ts';
import { type Fault, isFault } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import type { DialectRequest, DirectServices } from '../dialect.ts';

interface VersionEntry {
  readonly id: string;
  readonly status: string;
  readonly links: readonly { readonly rel: string; readonly href: string }[];
}

/** Glance's entry with its link made to lead here. */
function rewritten(entry: Readonly<Record<string, unknown>>, base: string): VersionEntry[] {
  const { id, status, links } = entry;
  if (typeof id !== 'string' || typeof status !== 'string') return [];
  const first: unknown = Array.isArray(links) ? links[0] : undefined;
  const href = (first as { href?: unknown } | undefined)?.href;
  const version = /\/(v\d[^/]*)\/?$/.exec(typeof href === 'string' ? href : '')?.[1] ?? 'v2';
  return [{ id, status, links: [{ rel: 'self', href: `${base}/${version}/` }] }];
}

/** The Image service's versions: what the Glance behind speaks, and v1 as it was announced last. */
export function versionsDocument(status: 200 | 300) {
  return async ({ base }: DialectRequest, services: DirectServices): Promise<Reply | Fault> => {
    const entries = await services.versions();
    if (isFault(entries)) return entries;
    const v1 = v1Versions.map((id) => ({
      id,
      status: 'DEPRECATED',
      links: [{ rel: 'self', href: `${base}/v1/` }],
    }));
    const versions = [...entries.flatMap((entry) => rewritten(entry, base)), ...v1];
    const body = JSON.stringify({ versions });
    return { status, headers: [['Content-Type', 'application/json']], body };
  };
}
