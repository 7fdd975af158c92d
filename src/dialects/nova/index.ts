import * as mapping from '../../../mappings/nova.ts';
import { isFault } from '../../core/fault.ts';
import type { Dialect, DialectRequest, DirectServices, Route } from '../dialect.ts';
import { createEndpoints, limitsDocument } from './endpoints.ts';
import { defaultNovaSettings, type NovaSettings, negotiate } from './microversion.ts';
import { isLegacy, prefix, roots } from './place.ts';
import { createRenderFault, unknownRoute, versionLines } from './render-fault.ts';
import { chooseVersion, listVersions, showVersion } from './versions.ts';

export { defaultNovaSettings, type NovaSettings } from './microversion.ts';

/** Nova's own answer, or the real Nova's where one is configured. */
function orCompute(own: (request: DialectRequest) => ReturnType<typeof unknownRoute>) {
  return (request: DialectRequest, { forwardToCompute }: DirectServices) =>
    forwardToCompute ? forwardToCompute() : own(request);
}

function createRoutes(settings: NovaSettings): Route[] {
  const routes: Route[] = [];
  const direct = (
    method: string,
    path: string,
    operation: string,
    own: (request: DialectRequest) => ReturnType<typeof unknownRoute>,
  ) => routes.push({ operation, method, path, answer: orCompute(own) });
  const unknown = ({ exchange }: DialectRequest) => unknownRoute(exchange.method);
  for (const root of roots) {
    for (const { suffix, ...endpoint } of createEndpoints(settings)) {
      routes.push({ ...endpoint, path: root + suffix });
    }
    // what the proxy never had is 404, never 405
    routes.push({ operation: 'unknown', method: '*', path: `${root}/images`, answer: unknown });
    routes.push({ operation: 'unknown', method: '*', path: `${root}/images/*`, answer: unknown });
    direct('GET', `${root}/limits`, 'limits', (request) => {
      const version = isLegacy(request.exchange.target)
        ? undefined
        : negotiate(request.exchange, settings);
      if (isFault(version)) return createRenderFault(settings)(version, request.exchange);
      return {
        status: 200,
        headers: [
          ['Content-Type', 'application/json'],
          ...versionLines(request.exchange, settings),
        ],
        body: JSON.stringify(limitsDocument(version?.minor ?? 1)),
      };
    });
  }
  direct('GET', '/', 'versions', (request) => listVersions(request, settings));
  for (const [path, id] of [
    ['/v2.1', 'v2.1'],
    ['/v2', 'v2.0'],
  ] as const) {
    for (const each of [path, `${path}/`, `${path}/:project{[0-9a-f-]+}/`]) {
      direct('GET', each, 'versions', (request) => showVersion(id, request, settings));
    }
    direct('*', `${path}/*`, 'compute', unknown);
  }
  direct('*', '*', 'versions', (request) => chooseVersion(request, settings));
  return routes;
}

const ownOnly = /^\/v2\.1(?:\/|$)/;
const legacyImages = /^\/v2\/[0-9a-f-]+(?:\/|$)/;

/** On the combined listener: `/v2.1…` and `/v2/{project}…`, which Glance does not have; under its prefix or listener: everything. */
function claim(path: string, _: unknown, alone: boolean): string | undefined {
  const single = path.replace(/^\/+(v2(?:\.1)?)\/+/, '/$1/');
  return alone || ownOnly.test(single) || legacyImages.test(single) ? single : undefined;
}

/** The deprecated image proxy of Nova, and the way to the real Nova for everything else. */
export function createNova(settings: NovaSettings = defaultNovaSettings): Dialect {
  return {
    name: 'nova',
    listener: 'nova',
    prefix,
    claim,
    routes: createRoutes(settings),
    mapping,
    requestIds: { headers: ['x-openstack-request-id', 'x-compute-request-id'], adopt: false },
    renderFault: createRenderFault(settings),
  };
}
