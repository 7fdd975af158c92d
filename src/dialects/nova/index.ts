import { type Fault, isFault } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import type { Dialect, DialectRequest, DirectServices, Route } from '../dialect.ts';
import { checkLimits, checkToken } from './checks.ts';
import { createEndpoints, limitsDocument } from './endpoints.ts';
import { defaultNovaSettings, type NovaSettings } from './microversion.ts';
import { prefix, roots } from './place.ts';
import { createRenderFault, unknownRoute, versionLines } from './render-fault.ts';
import { chooseVersion, listVersions, showVersion } from './versions.ts';

export { defaultNovaSettings, type NovaSettings } from './microversion.ts';

type Own = (request: DialectRequest) => Reply | Fault | Promise<Reply | Fault>;

/** Nova's own answer, or the real Nova's where one is configured. */
function orCompute(own: Own) {
  return (request: DialectRequest, { forwardToCompute }: DirectServices) =>
    forwardToCompute ? forwardToCompute() : own(request);
}

/** What the proxy never had: 404 to whoever has a token, 401 to anybody else. */
async function unknown(request: DialectRequest): Promise<Reply | Fault> {
  const { exchange } = request;
  if (exchange.method === 'OPTIONS') return unknownRoute(exchange);
  return (await checkToken(request)) ?? unknownRoute(exchange);
}

function createRoutes(settings: NovaSettings): Route[] {
  const routes: Route[] = [];
  const direct = (method: string, path: string, operation: string, own: Own) =>
    routes.push({ operation, method, path, answer: orCompute(own) });
  const versions = (id: 'v2.1' | 'v2.0') => (request: DialectRequest) =>
    showVersion(id, request, settings);
  for (const root of roots) {
    for (const { suffix, ...endpoint } of createEndpoints(settings)) {
      routes.push({ ...endpoint, path: root + suffix });
    }
    routes.push({ operation: 'unknown', method: '*', path: `${root}/images`, answer: unknown });
    routes.push({ operation: 'unknown', method: '*', path: `${root}/images/*`, answer: unknown });
    direct('GET', `${root}/limits`, 'limits', async (request) => {
      const minor = await checkLimits(request, settings);
      if (isFault(minor)) return minor;
      const headers = [['Content-Type', 'application/json'] as const];
      const lines = versionLines(request.exchange, settings);
      const body = JSON.stringify(limitsDocument(minor));
      return { status: 200, headers: [...headers, ...lines], body };
    });
  }
  direct('GET', '/', 'versions', (request) => listVersions(request, settings));
  for (const [path, id] of [
    ['/v2.1', 'v2.1'],
    ['/v2', 'v2.0'],
  ] as const) {
    direct('GET', path, 'versions', versions(id));
    direct('GET', `${path}/`, 'versions', versions(id));
    direct('GET', `${path}/:project{[0-9a-f-]+}/`, 'versions', async (request) => {
      return (await checkToken(request)) ?? showVersion(id, request, settings);
    });
    direct('*', `${path}/*`, 'compute', unknown);
  }
  direct('*', '*', 'versions', (request) => chooseVersion(request, settings));
  return routes;
}

const ownOnly = /^\/v2\.1(?:\/|$)/;
const legacyImages = /^\/v2\/[0-9a-f-]+(?:\/|$)/;

/** On the combined listener: `/v2.1…` and `/v2/{project}…`, which Glance does not have; under its prefix or listener: everything. */
function claim(path: string, _: unknown, alone: boolean): string | undefined {
  // Nova reads several slashes as one, wherever they are
  const single = path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
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
    requestIds: { headers: ['x-openstack-request-id', 'x-compute-request-id'], adopt: false },
    renderFault: createRenderFault(settings),
  };
}
