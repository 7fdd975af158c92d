import { createHash } from 'node:crypto';
import { driver, release } from '../../../mappings/deltacloud.ts';
import type { Reply } from '../../core/reply.ts';
import { type Format, mediaTypes } from './format.ts';

/** Headers of every answer; clients learn the driver even from a 401. */
export const commonLines: readonly (readonly [string, string])[] = [
  ['Server', `Apache-Deltacloud/${release}`],
  ['X-Deltacloud-Driver', driver],
];

/** A document with what Deltacloud sent beside it; the entity tag is the MD5 of the body. */
export function document(
  status: number,
  format: Format,
  body: string,
  more: readonly (readonly [string, string])[] = [],
): Reply {
  const tag = createHash('md5').update(body).digest('hex');
  return {
    status,
    headers: [
      ['Content-Type', mediaTypes[format]],
      ...commonLines,
      ['Cache-Control', 'max-age=0, private, must-revalidate'],
      ['ETag', tag],
      ...more,
    ],
    body,
  };
}

/** An answer without a document. */
export function bare(status: number, more: readonly (readonly [string, string])[] = []): Reply {
  return { status, headers: [...commonLines, ...more], body: status === 204 ? null : '' };
}

/** A small page, for what is no part of the API. */
export function note(status: number, sentence: string): Reply {
  return {
    status,
    headers: [['Content-Type', 'text/html'], ['X-Content-Type-Options', 'nosniff'], ...commonLines],
    body: sentence,
  };
}
