import { fault, isFault } from '../../core/fault.ts';
import { admitSource, type ImportFilter, refusedSource } from '../../core/import-filter.ts';
import type { OpenSource } from '../../core/source.ts';

const mostRedirects = 5;

/** Opens image data at a client's URL on workerd, which by itself reaches public addresses only. */
export function createOpenSource(filter: ImportFilter): OpenSource {
  return async (text, signal) => {
    let next = text;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const url = admitSource(next, filter);
      if (isFault(url)) return url;
      let answer: Response;
      try {
        answer = await fetch(url, { redirect: 'manual', ...(signal && { signal }) });
      } catch {
        return refusedSource();
      }
      const length = Number(answer.headers.get('content-length') ?? Number.NaN);
      if (answer.status === 200 && answer.body) {
        return { body: answer.body, length: Number.isSafeInteger(length) ? length : undefined };
      }
      await answer.body?.cancel();
      if (answer.status === 404)
        return fault('not-found', 'The source of the image data was not found.');
      const location = answer.headers.get('location');
      if (
        answer.status < 301 ||
        answer.status > 308 ||
        !location ||
        !URL.canParse(location, url.href)
      )
        break;
      next = new URL(location, url).href;
    }
    return refusedSource();
  };
}
