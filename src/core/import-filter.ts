import { type Fault, fault } from './fault.ts';

/** Whom image data may be fetched from, with Glance's meaning (`[import_filtering_opts]`): an empty list allows any. */
export interface ImportFilter {
  readonly schemes: readonly string[];
  /** Hosts allowed whatever their address; with an empty list, any host at a public address. */
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  /** URL prefixes that end with a whole path segment; where they are given, nothing else. */
  readonly prefixes?: readonly string[];
}

export const defaultImportFilter: ImportFilter = {
  schemes: ['http', 'https'],
  hosts: [],
  ports: [80, 443],
};

/** One answer for everything that is refused, so that the gateway is no port scanner (OSSN-0078). */
export const refusedSource = (): Fault =>
  fault('bad-request', 'The source of the image data cannot be used.');

const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function isPublicV4(a: number, b: number, c: number): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)))) return false;
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false;
  return !(a === 203 && b === 0 && c === 113);
}

/** Whether an address (text form, as DNS gives it) is reachable for everyone: no loopback, private, link-local, mapped or multicast one. */
export function isPublicAddress(address: string): boolean {
  const four = v4.exec(address);
  if (four) return isPublicV4(Number(four[1]), Number(four[2]), Number(four[3]));
  // only global unicast 2000::/3, without the documentation, 6to4 and Teredo ranges that embed other addresses
  const text = address.toLowerCase();
  if (!/^[23][0-9a-f]{3}:/.test(text)) return false;
  return !/^(2001:(0{0,3}:|db8:|:)|2001:0|2002:)/.test(text);
}

/** A URL with an authority, as written: parsers also take `http:host`, backslashes and line breaks. */
const plainUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/\\?#\s][^\s\\]*$/i;

const isBelow = (url: URL, prefix: string): boolean =>
  url.href === prefix || url.href.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

const plainHost = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();

/** Whether a URL may be opened as far as its text tells; addresses are judged again once its name is resolved. */
export function admitSource(url: string, filter: ImportFilter): URL | Fault {
  if (!plainUrl.test(url) || !URL.canParse(url)) return refusedSource();
  const parsed = new URL(url);
  const scheme = parsed.protocol.slice(0, -1);
  if (!filter.schemes.includes(scheme) || parsed.hostname === '') return refusedSource();
  const port = Number(parsed.port || (scheme === 'https' ? 443 : 80));
  if (filter.ports.length > 0 && !filter.ports.includes(port)) return refusedSource();
  if (filter.prefixes && !filter.prefixes.some((prefix) => isBelow(parsed, prefix))) {
    return refusedSource();
  }
  if (filter.hosts.length > 0) {
    const host = plainHost(parsed.hostname);
    return filter.hosts.some((each) => plainHost(each) === host) ? parsed : refusedSource();
  }
  const literal = plainHost(parsed.hostname);
  if (v4.test(literal) || literal.includes(':')) {
    return isPublicAddress(literal) ? parsed : refusedSource();
  }
  return parsed;
}
