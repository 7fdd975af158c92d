import type { Dialect, DialectRequest, DirectServices, Route } from '../dialect.ts';
import { renderErrorPage } from '../error-page.ts';
import { versionsDocument } from './versions.ts';

const forward = (_: DialectRequest, services: DirectServices) => services.forward();

const routes: readonly Route[] = [
  { operation: 'versions', method: 'GET', path: '/versions', answer: versionsDocument(200) },
  { operation: 'versions', method: 'GET', path: '/versions/*', answer: versionsDocument(200) },
  { operation: 'image-data', method: '*', path: '/v2/images/:id/file', answer: forward },
  { operation: 'image-data', method: '*', path: '/v2/images/:id/stage', answer: forward },
  { operation: 'images', method: '*', path: '/v2/images', answer: forward },
  { operation: 'images', method: '*', path: '/v2/images/*', answer: forward },
  { operation: 'other', method: '*', path: '/v2/*', answer: forward },
  { operation: 'health', method: '*', path: '/healthcheck', answer: forward },
  // as Glance does for whatever it has no version of
  { operation: 'versions', method: '*', path: '*', answer: versionsDocument(300) },
];

/** Version segments that old catalogue URLs carry in front of v2's own. */
const doubled = /^(?:\/+v(?:1(?:\.[01])?|2(?:\.0)?))*?\/+v2(?:\.0)?(?=\/|$)/;
/** Minor versions that Glance itself takes for v2; on the combined listener `/v2.1` is Nova's. */
const minor = /^\/+v2\.\d+(?=\/|$)/;
const ownPaths: ReadonlySet<string> = new Set(['/', '/versions', '/healthcheck']);

function claim(path: string, _: unknown, alone: boolean): string | undefined {
  if (path.startsWith('/v2/') && !path.startsWith('/v2/v')) return path;
  if (alone && minor.test(path)) return path.replace(minor, '/v2');
  if (doubled.test(path)) return path.replace(doubled, '/v2');
  return ownPaths.has(path) ? path : undefined;
}

/** Glance v2 itself, passed through; and the Image service's version documents. Takes what no other dialect claims. */
export const glanceV2: Dialect = {
  name: 'glance-v2',
  listener: 'glance',
  prefix: '/image',
  claim,
  routes,
  renderFault: renderErrorPage,
};
