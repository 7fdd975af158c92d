import { createHash } from 'node:crypto';
import { type Fault, fault } from '../core/fault.ts';
import type { Claim } from '../core/operation.ts';
import { type ByteStream, longestExcess, UpstreamFailure } from '../core/upstream.ts';

/** A stream held to a claim; `broken` tells, once the stream has ended, what was wrong. */
export interface HeldStream {
  readonly stream: ByteStream;
  readonly broken: () => Fault | undefined;
}

/**
 * Passes bytes on but holds the last chunk back until size and MD5 are known to be right. A wrong one ends the stream
 * with an error, so that the upload is cut and Glance never activates the image.
 */
export function hold(source: ByteStream, claim: Claim): HeldStream {
  let verdict: Fault | undefined;
  const refuse = (sentence: string): UpstreamFailure => {
    verdict = fault('bad-request', sentence);
    return new UpstreamFailure('broken', 'claim not kept');
  };
  async function* checked(): AsyncGenerator<Uint8Array> {
    const md5 = claim.md5 === undefined ? undefined : createHash('md5');
    let size = 0;
    let held: Uint8Array | undefined;
    for await (const chunk of source) {
      if (chunk.length === 0) continue;
      size += chunk.length;
      md5?.update(chunk);
      if (claim.size !== undefined && size > claim.size) {
        // a client that is cut off does not hear why; one that never ends is cut off all the same
        if (size > claim.size + longestExcess) break;
        continue;
      }
      if (held) yield held;
      held = chunk;
    }
    if (claim.size !== undefined && size !== claim.size) {
      throw refuse(`Supplied size (${claim.size}) and size of the uploaded image did not match.`);
    }
    if (md5 && md5.digest('hex') !== claim.md5?.toLowerCase()) {
      throw refuse('Supplied checksum and checksum of the uploaded image did not match.');
    }
    if (held) yield held;
  }
  return { stream: checked(), broken: () => verdict };
}
