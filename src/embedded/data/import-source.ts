import type { ByteStream } from '../../core/upstream.ts';
import { allowedSource, type ImportFilter, type Resolve } from './import-filter.ts';

/** What a source answered. Redirects are answers like others. */
export interface SourceAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ByteStream | null;
}

/**
 * Fetches one URL without following redirects. `address` is the resolved address that passed the filter;
 * a fetcher that can should connect to it and no other.
 */
export type FetchSource = (
  url: string,
  signal: AbortSignal,
  address?: string,
) => Promise<SourceAnswer>;

/** The filter and the means to fetch from what passes it. */
export interface ImportSource {
  readonly filter: ImportFilter;
  readonly resolve: Resolve | undefined;
  readonly fetch: FetchSource;
}

const maximumRedirects = 5;

/** Fetches with the platform's `fetch`. */
export async function platformFetch(url: string, signal: AbortSignal): Promise<SourceAnswer> {
  const answer = await fetch(url, {
    redirect: 'manual',
    signal,
    // Encoded bytes would not be the image's.
    headers: { 'accept-encoding': 'identity' },
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: answer.body as ByteStream | null,
  };
}

export interface OpenedSource {
  readonly body: ByteStream;
  /** Bytes announced, when they were. */
  readonly length: number | undefined;
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {}

async function discardBody(answer: SourceAnswer): Promise<void> {
  await answer.body?.[Symbol.asyncIterator]().return?.();
}

/**
 * Opens a source and follows its redirects, each one judged like the first.
 * @throws Error when it is refused, answers an error or redirects too often; the text names no address
 */
export async function openSource(
  source: ImportSource,
  uri: string,
  signal: AbortSignal,
): Promise<OpenedSource> {
  let next: string = uri;
  for (let hop = 0; hop <= maximumRedirects; hop += 1) {
    const allowed = await allowedSource(next, source.filter, source.resolve);
    if (allowed === undefined)
      throw new Error('The source redirects to a place that is not allowed.');
    const answer = await source.fetch(allowed.url.href, signal, allowed.address);
    const { location } = answer.headers;
    if (answer.status >= 300 && answer.status < 400 && location !== undefined) {
      await discardBody(answer);
      next = new URL(location, allowed.url).href;
      continue;
    }
    if (answer.status !== 200) {
      await discardBody(answer);
      throw new Error(`The source answered with status ${answer.status}.`);
    }
    const announced = answer.headers['content-length'];
    const length =
      announced !== undefined && /^\d+$/.test(announced) ? Number(announced) : undefined;
    const body = answer.body ?? emptyStream();
    return { body, length };
  }
  throw new Error('The source redirects too often.');
}
