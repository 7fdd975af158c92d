import { isBuildClaim } from '../core/build-contract.ts';
import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Image } from '../core/image.ts';
import type { Selection } from '../core/operation.ts';
import { UpstreamFailure } from '../core/upstream.ts';
import type { GlanceClient } from './client.ts';

/** Most images that Glance gives at once (`api_limit_max`, by default). */
const largestPage = 1000;
/** A page that is sifted here asks for at least this many, so that a rare match costs few calls. */
const siftedPage = 200;
/** A page that is more than can be read at once is asked for in so many. */
const split = 10;
/** Beyond this many pages of one list something is wrong upstream. */
const mostPages = 10_000;

function pageQuery(selection: Selection, size: number, marker: string | undefined): string {
  const query = new URLSearchParams();
  for (const [name, value] of selection.ask) query.append(name, value);
  query.set('sort', selection.sort);
  query.set('limit', String(size));
  if (marker !== undefined) query.set('marker', marker);
  return query.toString();
}

/** What one page of Glance has for a list; `more` tells whether another one follows. */
interface Portion {
  readonly images: readonly Image[];
  readonly more: boolean;
}

/**
 * Goes through what a selection wants, page after page, until the wanted number is there or Glance has no more. Glance's
 * `next` link is only noticed: the next page is asked for by the last id, so that no answer can lead elsewhere.
 * Some images are very large (scripts of builds): where a page is too much to be read, it gets smaller, and those after it grow again.
 * Ends with a fault: Glance's own, `upstream-too-large` for a single image, or `upstream-broken` for paging that does not end.
 */
async function* portions(
  glance: GlanceClient,
  context: CallContext,
  selection: Selection,
): AsyncGenerator<Portion, Fault | undefined> {
  const { keep, limit } = selection;
  let count = 0;
  const most = selection.page ?? largestPage;
  let largest = most;
  let { marker } = selection;
  const seen = new Set(marker === undefined ? [] : [marker]);
  for (let pages = 0; pages < mostPages && !context.gone(); pages += 1) {
    const missing = limit === undefined ? largest : limit - count;
    const size = Math.min(largest, keep ? Math.max(missing, siftedPage) : missing);
    const page = await glance.list(context, pageQuery(selection, limit === 0 ? 0 : size, marker));
    if (isFault(page)) {
      if (page.kind !== 'upstream-too-large' || size <= 1) return page;
      largest = Math.ceil(size / split);
      continue;
    }
    largest = Math.min(most, largest * 2);
    const found: Image[] = [];
    for (const image of page.images) {
      if (limit !== undefined && count + found.length === limit) break;
      if (!isBuildClaim(image) && (!keep || keep(image))) found.push(image);
    }
    count += found.length;
    const more = page.more && count !== limit;
    // a page that is wanted whole is given as it came: whoever has seen it before knows it again
    yield { images: found.length === page.images.length ? page.images : found, more };
    if (!more) return undefined;
    const last = page.images.at(-1)?.base.id;
    // pages that lead back to one another never end
    if (last === undefined || seen.has(last)) break;
    seen.add(last);
    marker = last;
  }
  return fault('upstream-broken');
}

/** Collects what a selection wants. Faults: those of {@link portions}. */
export async function walk(
  glance: GlanceClient,
  context: CallContext,
  selection: Selection,
): Promise<readonly Image[] | Fault> {
  const steps = portions(glance, context, selection);
  const found: Image[] = [];
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value ?? found;
    if (!value.more && found.length === 0) return value.images;
    found.push(...value.images);
  }
}

async function* rest(
  first: readonly Image[],
  steps: ReturnType<typeof portions>,
): AsyncGenerator<readonly Image[]> {
  yield first;
  for (;;) {
    const { done, value } = await steps.next();
    if (done && value) throw new UpstreamFailure('broken', value.message, { cause: value });
    if (done) return;
    yield value.images;
  }
}

/**
 * The same page by page, where there are several, so that no more than one is in memory. A fault of the first page is
 * answered; at a later one the list breaks off with an {@link UpstreamFailure}.
 */
export async function stroll(
  glance: GlanceClient,
  context: CallContext,
  selection: Selection,
): Promise<readonly Image[] | AsyncIterable<readonly Image[]> | Fault> {
  const steps = portions(glance, context, selection);
  const { done, value } = await steps.next();
  if (done) return value ?? [];
  return value.more ? rest(value.images, steps) : value.images;
}
