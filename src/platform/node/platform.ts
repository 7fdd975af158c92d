import { createForward, isData } from '../../glance/forward.ts';
import type { Platform, PlatformOptions, Reach, Timeouts } from '../platform.ts';
import { createProxyForward } from './proxy.ts';
import { createNodeSource } from './source.ts';
import { createNodeUpstream } from './upstream.ts';

/** http-proxy forgets how the bodies of other methods are framed. */
const framedByProxy: ReadonlySet<string> = new Set(['PUT', 'POST', 'PATCH']);

/** A service reached from Node. What has no body either way is cheaper through undici; bytes go by the proxy. */
function reach(serviceUrl: string, timeouts: Timeouts): Reach {
  const upstream = createNodeUpstream(serviceUrl, timeouts);
  const closing: (() => void)[] = [];
  return {
    send: upstream.send,
    forward: (policy, send) => {
      const proxy = createProxyForward(serviceUrl, policy, timeouts);
      closing.push(proxy.close);
      const small = createForward(send, policy);
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

/** Node. */
export function createNodePlatform({ importFilter, timeouts }: PlatformOptions): Platform {
  return {
    reach: (serviceUrl) => reach(serviceUrl, timeouts),
    breaksAnswers: true,
    joinsRequests: true,
    openSource: createNodeSource(importFilter, timeouts),
    log: (line) => void process.stdout.write(`${line}\n`),
    logError: (line) => void process.stderr.write(`${line}\n`),
  };
}
