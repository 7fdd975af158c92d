import { createPropertyRules, type RuleMode } from '../../core/property-rules.ts';
import type { Dialect, DialectRequest, DirectRoute, DirectServices, Route } from '../dialect.ts';
import { renderErrorPage } from '../error-page.ts';
import { forwardChecked, isDocumentedPut } from './checked-write.ts';
import { type StoreWords, showStores } from './shown-store.ts';
import { versionsDocument } from './versions.ts';

/** What operators may choose. */
export interface GlanceV2Settings {
  readonly rules: RuleMode;
  readonly stores: StoreWords;
}

const defaultGlanceV2Settings: GlanceV2Settings = { rules: 'native', stores: new Map() };

type Answer = DirectRoute['answer'];

const forward: Answer = (_, services) => services.forward();

function createRoutes({ rules: mode, stores }: GlanceV2Settings): readonly Route[] {
  const rules = createPropertyRules(mode);
  const checked =
    (method: string): Answer =>
    (request, services) =>
      rules ? forwardChecked(request, services, rules, method) : services.forward();
  const put = (request: DialectRequest, services: DirectServices) =>
    rules && isDocumentedPut(request) ? checked('PATCH')(request, services) : services.forward();
  const shown =
    (answer: Answer): Answer =>
    async (request, services) =>
      showStores(await answer(request, services), stores);
  const image = stores.size > 0 ? shown : (answer: Answer) => answer;
  return [
    { operation: 'versions', method: 'GET', path: '/versions', answer: versionsDocument(200) },
    { operation: 'versions', method: 'GET', path: '/versions/*', answer: versionsDocument(200) },
    { operation: 'image-data', method: '*', path: '/v2/images/:id/file', answer: forward },
    { operation: 'image-data', method: '*', path: '/v2/images/:id/stage', answer: forward },
    { operation: 'list', method: 'GET', path: '/v2/images', answer: image(forward) },
    { operation: 'create', method: 'POST', path: '/v2/images', answer: image(checked('POST')) },
    { operation: 'images', method: '*', path: '/v2/images', answer: forward },
    { operation: 'show', method: 'GET', path: '/v2/images/:id', answer: image(forward) },
    {
      operation: 'update',
      method: 'PATCH',
      path: '/v2/images/:id',
      answer: image(checked('PATCH')),
    },
    { operation: 'update', method: 'PUT', path: '/v2/images/:id', answer: image(put) },
    { operation: 'images', method: '*', path: '/v2/images/:id', answer: forward },
    { operation: 'images', method: '*', path: '/v2/images/*', answer: forward },
    { operation: 'other', method: '*', path: '/v2/*', answer: forward },
    { operation: 'health', method: '*', path: '/healthcheck', answer: forward },
    // as Glance does for whatever it has no version of
    { operation: 'versions', method: '*', path: '*', answer: versionsDocument(300) },
  ];
}

/** Version segments that old catalogue URLs carry in front of v2's own. */
const doubled = /^(?:\/+v(?:1(?:\.[01])?|2(?:\.0)?))*\/+v2(?:\.0)?(?=\/|$)/;
/** Minor versions that Glance itself takes for v2; on the combined listener `/v2.1` is Nova's. */
const minor = /^\/+v2\.\d+(?=\/|$)/;
const ownPaths: ReadonlySet<string> = new Set(['/', '/versions', '/healthcheck']);

function claim(path: string, _: unknown, alone: boolean): string | undefined {
  if (path.startsWith('/v2/') && !path.startsWith('/v2/v')) return path;
  if (alone && minor.test(path)) return path.replace(minor, '/v2');
  if (doubled.test(path)) return path.replace(doubled, '/v2');
  return ownPaths.has(path) ? path : undefined;
}

/**
 * Glance v2 itself, passed through, StarlingX's properties checked on the way; and the Image service's version documents.
 * Takes what no other dialect claims.
 */
export function createGlanceV2(settings: GlanceV2Settings = defaultGlanceV2Settings): Dialect {
  return {
    name: 'glance-v2',
    listener: 'glance',
    prefix: '/image',
    claim,
    routes: createRoutes(settings),
    renderFault: renderErrorPage,
  };
}
