import { type App, createApp } from '../app.ts';
import type { Config } from '../config/schema.ts';
import { fault } from '../core/fault.ts';
import { type Identities, type Login, unknownCallers } from '../core/identity.ts';
import { createPropertyRules } from '../core/property-rules.ts';
import { discard, type Send, UpstreamFailure } from '../core/upstream.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { createDialects } from '../dialects/index.ts';
import { createClientAddress } from '../edge/client-address.ts';
import { createMetrics, type Metrics } from '../edge/metrics.ts';
import { accessLine, errorLine } from '../edge/observe.ts';
import { createPublicBase } from '../edge/public-base.ts';
import type { Probe } from '../edge/readiness.ts';
import type { Services } from '../edge/serve.ts';
import { createUploadLimit } from '../edge/upload-limit.ts';
import type { EmbeddedIdentity } from '../embedded/index.ts';
import { GlanceClient } from '../glance/client.ts';
import { ComputeClient } from '../glance/compute.ts';
import { createForward } from '../glance/forward.ts';
import { glancePolicy, transparentPolicy } from '../glance/pass.ts';
import { createReadCache } from '../glance/read-cache.ts';
import { createKeystone } from '../identity/keystone.ts';
import { limitLogin } from '../identity/login-limiter.ts';
import type { Platform, Reach } from '../platform/platform.ts';
import { dialectSettings } from './dialect-settings.ts';
import type { Embedded } from './embedded.ts';

/** The gateway, put together. */
export interface Composition {
  readonly app: App;
  readonly dialects: readonly Dialect[];
  /** Told what should not have happened. */
  readonly report: Services['report'];
  readonly metrics: Metrics;
  /** Whether the Image service answers. */
  readonly probe: Probe;
  readonly close: () => Promise<void>;
}

/** An address without the version that other configurations put at its end. */
export const rootOf = (url: string): string => url.replace(/\/+(?:v[23](?:\.\d+)?\/*)?$/, '');

function callersOf(identities: readonly EmbeddedIdentity[]): Identities {
  const byToken = new Map(identities.map((identity) => [identity.token, identity]));
  const peek = (token: string) => byToken.get(token);
  return { complete: true, peek, find: async (token) => peek(token) };
}

const embeddedLogin =
  ({ glance }: Embedded): Login =>
  async ({ user, password, project }) => {
    const identity = glance.authenticate(user, password, project);
    if (!identity) return fault('unauthorized', 'The credentials were refused.');
    return { token: identity.token, caller: identity };
  };

/** In process a client's broken upload arrives as an error of its own stream; to a caller it is what a cut connection is. */
const unbroken =
  (send: Send): Send =>
  async (call) => {
    try {
      return await send(call);
    } catch (error) {
      if (error instanceof UpstreamFailure) throw error;
      throw new UpstreamFailure('broken', 'the exchange broke off', { cause: error });
    }
  };

/** Puts the gateway together in front of the configured Image service, or of the embedded one when none is. */
export function compose(
  config: Config,
  platform: Platform,
  embedded: Embedded | undefined,
): Composition {
  const { glanceUrl, keystoneUrl, computeUrl } = config;
  const opened: Reach[] = [];
  const reach = (url: string): Reach => {
    const service = platform.reach(url);
    opened.push(service);
    return service;
  };
  const remote = glanceUrl === undefined ? undefined : reach(glanceUrl);
  const send = remote?.send ?? (embedded && unbroken(embedded.glance.send));
  if (!send) throw new TypeError('no Image service');
  const place = {
    origin: glanceUrl && new URL(glanceUrl).origin,
    prefix: glanceUrl === undefined ? '' : new URL(glanceUrl).pathname.replace(/\/+$/, ''),
  };
  const policy = glancePolicy(place);
  const keystone =
    remote && keystoneUrl !== undefined
      ? createKeystone(reach(rootOf(keystoneUrl)).send, {
          keepFor: config.identityCacheTime,
          domain: config.keystoneDomain,
          joins: platform.joinsRequests,
        })
      : undefined;
  const compute = computeUrl === undefined ? undefined : reach(rootOf(computeUrl));
  const login = keystone?.login ?? (embedded && embeddedLogin(embedded));
  const own = embedded && callersOf(embedded.identities);
  const metrics = createMetrics();
  const report: Services['report'] = (error, requestId) =>
    platform.logError(errorLine(error, requestId, new Date()));
  const dialects = createDialects(dialectSettings(config));
  const readCache =
    remote && config.readCacheTime > 0
      ? createReadCache({
          keepFor: config.readCacheTime,
          size: config.readCacheSize,
          joins: platform.joinsRequests,
        })
      : undefined;
  const ask = readCache?.through(send) ?? send;
  const app = createApp(dialects, {
    glance: new GlanceClient(ask, config.callLimit),
    forward: remote?.forward(policy, ask) ?? createForward(send, policy),
    forwardToCompute: compute?.forward(transparentPolicy, compute.send),
    readCache,
    snapshots: compute ? new ComputeClient(compute.send) : embedded && 'record-only',
    rules: createPropertyRules(config.starlingx),
    identities: keystone?.identities ?? own ?? unknownCallers,
    login: login && limitLogin(login),
    keystoneChallenge: keystoneUrl === undefined ? undefined : `Keystone uri="${keystoneUrl}"`,
    openSource: platform.openSource,
    breaksAnswers: platform.breaksAnswers,
    publicBase: createPublicBase(config),
    clientAddress: createClientAddress(config.trustedProxies),
    observe: (seen) => {
      metrics.observe(seen);
      if (config.accessLog === 'json') platform.log(accessLine(seen, new Date()));
    },
    limitUpload:
      config.maxUpload === undefined
        ? undefined
        : createUploadLimit(config.maxUpload, config.directUrl),
    report,
  });
  return {
    app,
    dialects,
    report,
    metrics,
    probe: async (signal) => {
      const answer = await send({ method: 'GET', target: '/versions', headers: {}, signal });
      discard(answer.body);
      return answer.status < 500;
    },
    close: async () => {
      await Promise.all(opened.map((service) => service.close()));
      await embedded?.glance.close();
    },
  };
}
