import type { DialectRequest } from '../dialect.ts';

/** The path patterns below which Nova serves: with and without the project, current and legacy. */
export const roots = [
  '/v2.1',
  '/v2.1/:project{[0-9a-f-]+}',
  '/v2',
  '/v2/:project{[0-9a-f-]+}',
] as const;

/** Where a request sits among them. */
export interface Place {
  readonly legacy: boolean;
  readonly version: '/v2.1' | '/v2';
  /** `/PROJECT` when the path had one, else nothing. */
  readonly project: string;
}

/** Reads a request's place from its path parameters and target. */
export function placeOf({ params, exchange }: DialectRequest): Place {
  const legacy = isLegacy(exchange.target);
  const { project } = params;
  return {
    legacy,
    version: legacy ? '/v2' : '/v2.1',
    project: project === undefined ? '' : `/${project}`,
  };
}

/** Prefix of the Compute service on the combined listener. */
export const prefix = '/compute';

const current = new RegExp(`^(?:${prefix})?/+v2\\.1(?:[/?]|$)`);

/** Whether a raw target is one of the legacy paths, in which microversions mean nothing. */
export function isLegacy(target: string): boolean {
  return !current.test(target);
}
