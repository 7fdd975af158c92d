import { microversions } from '../../../mappings/nova.ts';
import type { Exchange } from '../../core/exchange.ts';
import { type Fault, fault } from '../../core/fault.ts';

/** What an operator may choose. */
export interface NovaSettings {
  /** Highest microversion announced and served, the minor part of `2.N`. */
  readonly highest: number;
  /** Whether clients that ask for `latest` are served beyond the versions that end the proxy. */
  readonly beyond: boolean;
  /** Whether there are builders for images; without any, none is taken on. */
  readonly building: boolean;
}

export const defaultNovaSettings: NovaSettings = {
  highest: microversions.highest,
  beyond: false,
  building: true,
};

/** The version that a request is answered in. */
export interface Microversion {
  readonly minor: number;
  /** As it goes out: `2.N`. */
  readonly text: string;
  readonly latest: boolean;
}

const form = /^([1-9]\d*)\.([1-9]\d*|0)$/;

/** The last `compute` part of the new header, else the last of the old header; `undefined` when no version of Compute was asked for. */
function askedFor(exchange: Exchange): string | undefined {
  const parts = (exchange.header('openstack-api-version') ?? '').split(',').reverse();
  for (const part of parts) {
    const found = /^\s*compute\s+(.*?)\s*$/i.exec(part);
    if (found?.[1]) return found[1];
  }
  return exchange.header('x-openstack-nova-api-version')?.split(',').at(-1)?.trim();
}

/** A well-formed version, whether served or not; it is echoed even in a refusal. */
export function echoedVersion(exchange: Exchange, { highest }: NovaSettings): string | undefined {
  const asked = askedFor(exchange);
  if (asked === undefined) return '2.1';
  if (asked === 'latest') return `2.${highest}`;
  return form.test(asked) ? asked : undefined;
}

/** Negotiates the microversion. Faults: `bad-request` for what is no version, `not-acceptable` for one that is not served. */
export function negotiate(exchange: Exchange, { highest }: NovaSettings): Microversion | Fault {
  const asked = askedFor(exchange);
  if (asked === undefined) return { minor: 1, text: '2.1', latest: false };
  if (asked === 'latest') return { minor: highest, text: `2.${highest}`, latest: true };
  const found = form.exec(asked);
  if (!found) {
    return fault(
      'bad-request',
      `API Version String ${asked} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  }
  const minor = Number(found[2]);
  if (found[1] === '2' && minor >= microversions.lowest && minor <= highest) {
    return { minor, text: asked, latest: false };
  }
  return fault(
    'not-acceptable',
    `Version ${asked} is not supported by the API. Minimum is 2.${microversions.lowest} and maximum is 2.${highest}.`,
  );
}
