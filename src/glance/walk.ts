import { isBuildClaim } from '../core/build-contract.ts';
import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Image } from '../core/image.ts';
import type { Selection } from '../core/operation.ts';
import type { GlanceClient } from './client.ts';

/** Most images that Glance gives at once (`api_limit_max`, by default). */
const largestPage = 1000;
/** A page that is sifted here asks for at least this many, so that a rare match costs few calls. */
const siftedPage = 200;
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

/**
 * Collects what a selection wants, page after page, until the wanted number is there or Glance has no more. Glance's
 * `next` link is only noticed: the next page is asked for by the last id, so that no answer can lead elsewhere.
 * Faults: Glance's own; `upstream-broken` for paging that does not end.
 */
export async function walk(
  glance: GlanceClient,
  context: CallContext,
  selection: Selection,
): Promise<readonly Image[] | Fault> {
  const { keep, limit } = selection;
  const found: Image[] = [];
  let { marker } = selection;
  const seen = new Set(marker === undefined ? [] : [marker]);
  for (let pages = 0; pages < mostPages && !context.gone(); pages += 1) {
    const missing = limit === undefined ? largestPage : limit - found.length;
    const size = Math.min(largestPage, keep ? Math.max(missing, siftedPage) : missing);
    const page = await glance.list(context, pageQuery(selection, limit === 0 ? 0 : size, marker));
    if (isFault(page)) return page;
    for (const image of page.images) {
      if (limit !== undefined && found.length === limit) break;
      if (!isBuildClaim(image) && (!keep || keep(image))) found.push(image);
    }
    if (!page.more || limit === found.length) {
      // a page that is the whole list is given as it came: whoever has seen it before knows it again
      return pages === 0 && found.length === page.images.length ? page.images : found;
    }
    const last = page.images.at(-1)?.base.id;
    // pages that lead back to one another never end
    if (last === undefined || seen.has(last)) break;
    seen.add(last);
    marker = last;
  }
  return fault('upstream-broken');
}
