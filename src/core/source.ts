import { type Fault, fault, isFault } from './fault.ts';
import { admitSource, type ImportFilter, refusedSource } from './import-filter.ts';
import { type ByteStream, discard } from './upstream.ts';

/** Image data at a URL that a client named, opened. */
export interface Source {
  readonly body: ByteStream;
  /** Bytes, when the server told. */
  readonly length: number | undefined;
}

/**
 * Opens a client's URL for reading, if it may be opened at all: allowed scheme, host, address and port, checked again
 * at each redirect. Faults: `bad-request` for what is refused or out of reach (all the same words), `not-found` for 404.
 */
export type OpenSource = (url: string, signal: AbortSignal | undefined) => Promise<Source | Fault>;

/** What one URL answered; a redirect is an answer like others. */
export interface SourceAnswer {
  readonly status: number;
  readonly location: string | null | undefined;
  readonly contentLength: string | null | undefined;
  readonly body: ByteStream | null;
}

/** Fetches one admitted URL and follows nothing; rejects when it cannot be reached. */
export type FetchSource = (url: URL, signal: AbortSignal | undefined) => Promise<SourceAnswer>;

const mostRedirects = 5;

async function* nothing(): AsyncGenerator<Uint8Array> {}

function opened({ body, contentLength }: SourceAnswer): Source {
  const announced =
    contentLength && /^\d+$/.test(contentLength) ? Number(contentLength) : undefined;
  return { body: body ?? nothing(), length: announced };
}

/** Opens sources under a filter, each redirect judged like the first URL. */
export function createOpenSource(filter: ImportFilter, fetchSource: FetchSource): OpenSource {
  return async (text, signal) => {
    let next = text;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const url = admitSource(next, filter);
      if (isFault(url)) return url;
      const answer = await fetchSource(url, signal).catch(() => undefined);
      if (!answer) return refusedSource();
      const { status, location, body } = answer;
      if (status === 200) return opened(answer);
      discard(body);
      if (status === 404) return fault('not-found', 'The source of the image data was not found.');
      if (status < 301 || status > 308 || !location || !URL.canParse(location, url.href)) break;
      next = new URL(location, url).href;
    }
    return refusedSource();
  };
}
