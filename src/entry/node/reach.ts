import type { Config } from '../../config/schema.ts';
import { createForward, isData } from '../../glance/forward.ts';
import { createProxyForward } from '../../platform/node/proxy.ts';
import { createNodeUpstream, type UpstreamTimeouts } from '../../platform/node/upstream.ts';
import type { Reach } from '../compose.ts';

export function timeoutsOf(config: Config): UpstreamTimeouts {
  return {
    connect: config.connectTimeout,
    firstByte: config.firstByteTimeout,
    idle: config.idleTimeout,
  };
}

/** http-proxy forgets how the bodies of other methods are framed. */
const framedByProxy: ReadonlySet<string> = new Set(['PUT', 'POST', 'PATCH']);

/** A service reached from Node. What has no body either way is cheaper through undici; bytes go by the proxy. */
export function reachFromNode(serviceUrl: string, timeouts: UpstreamTimeouts): Reach {
  const upstream = createNodeUpstream(serviceUrl, timeouts);
  const closing: (() => void)[] = [];
  return {
    send: upstream.send,
    forward: (policy) => {
      const proxy = createProxyForward(serviceUrl, policy, timeouts);
      closing.push(proxy.close);
      const small = createForward(upstream.send, policy);
      return (exchange, target, context, base, instead) => {
        const { method, body } = exchange;
        const byProxy = body.announced ? framedByProxy.has(method) : isData(target);
        // the proxy takes what comes on the connection, and holds it to nothing
        if (instead || !byProxy || body.broken)
          return small(exchange, target, context, base, instead);
        return proxy.forward(exchange, target, context, base);
      };
    },
    close: async () => {
      for (const close of closing) close();
      await upstream.close();
    },
  };
}
