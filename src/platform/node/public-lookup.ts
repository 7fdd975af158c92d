import { lookup as resolveName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from '../../core/import-filter.ts';

/** Resolves a name and lets only public addresses through; the connection then goes to the very address that was judged. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, []);
      return;
    }
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    if (allowed.length === 0) callback(new Error('no public address'), []);
    else if (options.all) callback(null, allowed);
    else callback(null, allowed[0]?.address ?? '', allowed[0]?.family);
  });
};
