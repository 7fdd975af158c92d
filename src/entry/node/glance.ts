import type { Config } from '../../config/schema.ts';
import type { Identities } from '../../core/identity.ts';
import { unknownCallers } from '../../core/identity.ts';
import type { Send } from '../../core/upstream.ts';
import type { Forward } from '../../edge/serve.ts';
import {
  createEmbeddedGlance,
  defaultIdentities,
  type EmbeddedIdentity,
} from '../../embedded/index.ts';
import { FileStore } from '../../embedded/store-files.ts';
import { createForward } from '../../glance/forward.ts';
import { glancePolicy } from '../../glance/pass.ts';
import { createProxyForward } from '../../platform/node/proxy.ts';
import { createNodeUpstream, type UpstreamTimeouts } from '../../platform/node/upstream.ts';

/** The one Image service, wherever it is. */
export interface Backend {
  readonly send: Send;
  readonly forward: Forward;
  readonly identities: Identities;
  /** The identities of the embedded one; `undefined` for a remote one. */
  readonly demo: readonly EmbeddedIdentity[] | undefined;
  readonly close: () => Promise<void>;
}

export function timeoutsOf(config: Config): UpstreamTimeouts {
  return {
    connect: config.connectTimeout,
    firstByte: config.firstByteTimeout,
    idle: config.idleTimeout,
  };
}

function callersOf(identities: readonly EmbeddedIdentity[]): Identities {
  const byToken = new Map(identities.map((identity) => [identity.token, identity]));
  const peek = (token: string) => byToken.get(token);
  return { complete: true, peek, find: async (token) => peek(token) };
}

async function openEmbedded(config: Config): Promise<Backend> {
  const identities = config.identities ?? defaultIdentities;
  const embedded = createEmbeddedGlance({
    store: new FileStore(config.data),
    identities,
    importHosts: {
      allowedHosts: config.importAllowedHosts,
      allowedPorts: config.importAllowedPorts,
    },
  });
  await embedded.ready();
  return {
    send: embedded.send,
    forward: createForward(embedded.send, glancePolicy({ origin: undefined, prefix: '' })),
    identities: callersOf(identities),
    demo: identities,
    close: () => embedded.close(),
  };
}

function openRemote(config: Config, glanceUrl: string): Backend {
  const timeouts = timeoutsOf(config);
  const url = new URL(glanceUrl);
  const policy = glancePolicy({ origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') });
  const upstream = createNodeUpstream(glanceUrl, timeouts);
  const proxy = createProxyForward(glanceUrl, policy, timeouts);
  const small = createForward(upstream.send, policy);
  return {
    send: upstream.send,
    // what has no body either way is cheaper through undici; bytes go by the proxy
    forward: (exchange, target, ...rest) => {
      const isData = exchange.body.announced || /\/(?:file|stage)(?:\?|$)/.test(target);
      return (isData ? proxy.forward : small)(exchange, target, ...rest);
    },
    identities: unknownCallers,
    demo: undefined,
    close: async () => {
      proxy.close();
      await upstream.close();
    },
  };
}

/** Opens what the configuration says is behind. */
export async function openBackend(config: Config): Promise<Backend> {
  return config.glanceUrl === undefined
    ? openEmbedded(config)
    : openRemote(config, config.glanceUrl);
}
