import { Hono } from 'hono';
import type { Exchange } from './core/exchange.ts';
import { fault } from './core/fault.ts';
import type { Dialect, Route } from './dialects/dialect.ts';
import { guardHeaders, guardPath } from './edge/guard.ts';
import { createResolver, type Target } from './edge/resolve.ts';
import { type Services, serve } from './edge/serve.ts';

interface Env {
  Bindings: { readonly exchange: Exchange; readonly target: Target };
}

/** The gateway as both runtimes run it: a platform hands an exchange in and gets a `Response` (or has written it itself). */
export type App = (exchange: Exchange) => Response | Promise<Response>;

/** Hono wants a request; everything about the real one is in the exchange, so that nothing is built twice. */
const nominal = new Request('http://gateway/');

/** Routes of one dialect with the same path, by method; `*` takes any. */
function byPath(routes: readonly Route[]): Map<string, Map<string, Route>> {
  const paths = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const methods = paths.get(route.path) ?? new Map<string, Route>();
    paths.set(route.path, methods.set(route.method, route));
  }
  return paths;
}

/** Mounts every dialect of the registry under its name; the resolver, not the client's path, says which one is asked. */
export function createApp(dialects: readonly Dialect[], services: Services): App {
  const resolve = createResolver(dialects);
  // the path is judged as it came: no normalising, no prefix games
  const hono = new Hono<Env>({
    getPath: (_, options) => {
      const { target } = (options?.env ?? {}) as Env['Bindings'];
      return `/${target.dialect.name}${target.path}`;
    },
  });
  for (const dialect of dialects) {
    for (const [path, methods] of byPath(dialect.routes)) {
      const pattern = `/${dialect.name}${path === '*' ? '/*' : path}`;
      const any = methods.get('*');
      const notAllowed = fault('method-not-allowed', undefined, { allow: [...methods.keys()] });
      hono.all(pattern, (c) => {
        const { exchange, target } = c.env;
        const route = methods.get(exchange.method) ?? any ?? notAllowed;
        return serve(exchange, target, route, c.req.param(), services);
      });
    }
  }
  const notFound = fault('not-found', undefined, { unrouted: true });
  hono.notFound((c) => serve(c.env.exchange, c.env.target, notFound, {}, services));
  return (exchange) => {
    const target = resolve(exchange);
    const refused =
      guardPath(exchange) ?? guardHeaders(exchange) ?? services.limitUpload?.(exchange);
    if (refused) return serve(exchange, target, refused, {}, services);
    return hono.fetch(nominal, { exchange, target });
  };
}
