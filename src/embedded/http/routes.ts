import type { UpstreamAnswer } from '../../core/upstream.ts';
import type { Service } from '../service.ts';
import type { Exchange } from './exchange.ts';
import { Fault, notFound } from './fault.ts';

export type Handler = (service: Service, exchange: Exchange) => Promise<UpstreamAnswer>;

export interface Operation {
  readonly handle: Handler;
  /** Whether a body is an error. */
  readonly bodiless?: boolean;
}

export interface Route {
  /** Below `/v2`; `{name}` stands for one segment. */
  readonly path: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Other methods are answered as if there were no such resource. */
  readonly hidden?: boolean;
}

export interface MatchedRoute {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

const implemented = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']);

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) {
      if (segment === '') return undefined;
      params[part.slice(1, -1)] = segment;
    } else if (part !== segment) return undefined;
  }
  return params;
}

/** Compiles a route table into a lookup by method and decoded path. */
export function compileRoutes(routes: readonly Route[]) {
  const compiled = routes.map((route) => ({ ...route, pattern: route.path.split('/') }));
  /** @throws Fault 404 for an unknown path, 405 with `Allow` for a wrong method, 501 for one nobody knows */
  return (method: string, path: string): MatchedRoute => {
    const segments = path.split('/');
    for (const route of compiled) {
      const params = matchSegments(route.pattern, segments);
      if (params === undefined) continue;
      const operation = route.operations[method];
      if (operation !== undefined) return { operation, params };
      if (route.hidden === true) break;
      const allow = Object.keys(route.operations).join(', ');
      throw new Fault(405, undefined, { headers: { allow } });
    }
    throw implemented.has(method) ? notFound() : new Fault(501);
  };
}
