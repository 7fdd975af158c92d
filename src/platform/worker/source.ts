import type { ImportFilter } from '../../core/import-filter.ts';
import { createOpenSource, type OpenSource } from '../../core/source.ts';

/** Opens image data at a client's URL on workerd, which by itself reaches public addresses only. */
export function createWorkerSource(filter: ImportFilter): OpenSource {
  return createOpenSource(filter, async (url, signal) => {
    const { status, headers, body } = await fetch(url, {
      redirect: 'manual',
      // encoded bytes would not be the image's
      headers: { 'accept-encoding': 'identity' },
      ...(signal && { signal }),
    });
    return {
      status,
      location: headers.get('location'),
      contentLength: headers.get('content-length'),
      body,
    };
  });
}
