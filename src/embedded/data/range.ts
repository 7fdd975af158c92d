import { badRequest, Fault } from '../http/fault.ts';

/** Bytes `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

function unsatisfiable(detail: string): Fault {
  return new Fault(416, undefined, { detail });
}

function badStart(header: string, size: number): Fault {
  return unsatisfiable(
    `Invalid start position in ${header} header. Start position MUST be in the inclusive range [0, ${size - 1}].`,
  );
}

function parseRange(text: string, size: number): ByteRange {
  if (text.includes(',')) {
    throw badRequest(
      'Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.',
    );
  }
  const match = /^bytes *= *(\d*) *- *(\d*)/i.exec(text);
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') throw unsatisfiable('Invalid Range header.');
  if (first === '') return { start: Math.max(size - Number(last), 0), end: size };
  const start = Number(first);
  if (last !== '' && Number(last) < start) throw unsatisfiable('Invalid Range header.');
  if (start >= size) throw badStart('Range', size);
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

/** Glance also takes a `Content-Range` in a request, as its older clients sent it. */
function parseContentRange(text: string, size: number): ByteRange {
  const match = /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(text);
  if (match === null) throw unsatisfiable('Invalid Content-Range header.');
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  if (start >= end) throw unsatisfiable('Invalid Content-Range header.');
  if (start >= size && !text.endsWith('*')) throw badStart('Content-Range', size);
  if (end > size) {
    throw unsatisfiable(
      `Invalid stop position in Content-Range header. The stop position MUST be in the inclusive range [0, ${size - 1}].`,
    );
  }
  return { start, end };
}

/**
 * The part of the data that a request asks for; `undefined` for all of it.
 * @throws Fault 416, or 400 for several ranges
 */
export function requestedRange(
  headers: Readonly<Record<string, string>>,
  size: number,
): ByteRange | undefined {
  const { range, 'content-range': contentRange } = headers;
  if (range !== undefined) return parseRange(range, size);
  return contentRange === undefined ? undefined : parseContentRange(contentRange, size);
}
