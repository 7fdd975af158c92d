import type { UpstreamAnswer } from '../../core/upstream.ts';
import { json } from './answers.ts';

const listed = [
  '2.16',
  '2.15',
  '2.14',
  '2.9',
  '2.7',
  '2.6',
  '2.5',
  '2.4',
  '2.3',
  '2.2',
  '2.1',
  '2.0',
];
const accepted = new Set(['v2', ...listed.map((version) => `v${version}`)]);

/** Whether a path's first segment (or a vendor media type's suffix) names a version that is served. */
export function isServedVersion(name: string): boolean {
  return accepted.has(name);
}

/** The version document: 200 where it was asked for by name, 300 where something unknown was. */
export function versionDocument(origin: string, status: 200 | 300): UpstreamAnswer {
  const links = [{ rel: 'self', href: `${origin}/v2/` }];
  const versions = listed.map((version, index) => ({
    id: `v${version}`,
    status: index === 0 ? 'CURRENT' : 'SUPPORTED',
    links,
  }));
  return json({ versions }, status);
}
