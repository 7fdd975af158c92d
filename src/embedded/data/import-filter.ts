import { isIP } from 'node:net';

/**
 * Which external sources may be fetched from, with the meaning of Glance's `import_filtering_opts`.
 * An allowed list that is not empty overrules the disallowed one; an empty one allows all.
 */
export interface ImportFilter {
  readonly allowedSchemes?: readonly string[];
  readonly disallowedSchemes?: readonly string[];
  readonly allowedHosts?: readonly string[];
  readonly disallowedHosts?: readonly string[];
  readonly allowedPorts?: readonly number[];
  readonly disallowedPorts?: readonly number[];
}

/** Finds a host's addresses; rejects or gives none when it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const defaultSchemes = ['http', 'https'];
const defaultPorts = [80, 443];

function passes<T>(
  value: T,
  allowed: readonly T[] | undefined,
  disallowed: readonly T[] | undefined,
): boolean {
  if (allowed !== undefined && allowed.length > 0) return allowed.includes(value);
  return !disallowed?.includes(value);
}

/** The IPv4 address inside an IPv4-mapped IPv6 one, in either spelling; others as they are. */
function unmapped(address: string): string {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address);
  if (mapped === null) return address;
  if (mapped[1] !== undefined) return mapped[1];
  const high = Number.parseInt(mapped[2] ?? '0', 16);
  const low = Number.parseInt(mapped[3] ?? '0', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Addresses of this machine or link, where cloud metadata and other private services live. */
export function isInternalAddress(text: string): boolean {
  const address = unmapped(text.split('%')[0] ?? '').toLowerCase();
  if (isIP(address) === 4) return /^(127|0)\.|^169\.254\./.test(address);
  return address === '::1' || address === '::' || /^fe[89ab][0-9a-f]:/.test(address);
}

/** Host name or address without brackets; `undefined` for spellings that resolvers read as addresses. */
function normalHost(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === '' || isIP(host) > 0) return host === '' ? undefined : host;
  return /^[\d.]+$/.test(host) ? undefined : host;
}

/** The authority as it was written, before the URL parser turns `2130706433` into `127.0.0.1`. */
function writtenHost(text: string): string {
  const authority = /^[^:]*:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return host.startsWith('[') ? (host.slice(1).split(']')[0] ?? '') : (host.split(':')[0] ?? '');
}

/** A source that may be fetched, and the address that was checked (none where names cannot be resolved). */
export interface AllowedSource {
  readonly url: URL;
  readonly address: string | undefined;
}

/**
 * Decides about one URL; `undefined` when it may not be fetched. Loopback and link-local addresses are
 * refused unless their host is allowed by name.
 */
export async function allowedSource(
  text: unknown,
  filter: ImportFilter,
  resolve: Resolve | undefined,
): Promise<AllowedSource | undefined> {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  const { allowedSchemes = defaultSchemes, allowedPorts = defaultPorts } = filter;
  if (!passes(scheme, allowedSchemes, filter.disallowedSchemes)) return undefined;
  const host = normalHost(url);
  if (host === undefined) return undefined;
  // A host in a disguise is refused; its plain spelling would have been judged.
  const written = writtenHost(text).toLowerCase();
  if (isIP(host) > 0 ? isIP(written) === 0 : written !== host) return undefined;
  if (!passes(host, filter.allowedHosts, filter.disallowedHosts)) return undefined;
  if (url.port !== '' && !passes(Number(url.port), allowedPorts, filter.disallowedPorts)) {
    return undefined;
  }
  const trusted = filter.allowedHosts?.includes(host) ?? false;
  if (isIP(host) > 0) {
    return trusted || !isInternalAddress(host) ? { url, address: host } : undefined;
  }
  if (resolve === undefined) {
    return trusted || !/(^|\.)localhost\.?$/.test(host) ? { url, address: undefined } : undefined;
  }
  const addresses = await resolve(host).catch(() => []);
  const blocked = filter.allowedHosts?.length ? [] : (filter.disallowedHosts ?? []);
  const address = addresses.find(
    (candidate) => trusted || !(isInternalAddress(candidate) || blocked.includes(candidate)),
  );
  return address === undefined ? undefined : { url, address };
}
