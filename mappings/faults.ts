/** Every way in which a request can fail, and what upstream answers mean. One row per kind; the compiler finds a missing one. */

export interface FaultRow {
  readonly kind: string;
  readonly status: number;
  readonly title: string;
  /** Said when nothing more exact is known. Never upstream's own words for 5xx. */
  readonly sentence: string;
}

export const faults = [
  { kind: 'bad-request', status: 400, title: 'Bad Request', sentence: 'The server could not comply with the request since it is either malformed or otherwise incorrect.' },
  { kind: 'unauthorized', status: 401, title: 'Unauthorized', sentence: 'This server could not verify that you are authorized to access the document you requested.' },
  { kind: 'forbidden', status: 403, title: 'Forbidden', sentence: 'Access was denied to this resource.' },
  { kind: 'not-found', status: 404, title: 'Not Found', sentence: 'The resource could not be found.' },
  { kind: 'method-not-allowed', status: 405, title: 'Method Not Allowed', sentence: 'The method is not allowed for this resource.' },
  { kind: 'not-acceptable', status: 406, title: 'Not Acceptable', sentence: 'The requested version is not supported.' },
  { kind: 'request-timeout', status: 408, title: 'Request Timeout', sentence: 'The request was not finished in time.' },
  { kind: 'conflict', status: 409, title: 'Conflict', sentence: 'There was a conflict when trying to complete your request.' },
  { kind: 'gone-while-writing', status: 412, title: 'Precondition Failed', sentence: 'The image was deleted while its data was being stored.' },
  { kind: 'too-large', status: 413, title: 'Request Entity Too Large', sentence: 'The body of your request was too large for this server.' },
  { kind: 'unsupported-media', status: 415, title: 'Unsupported Media Type', sentence: 'The request media type is not supported by this server.' },
  { kind: 'expectation-failed', status: 417, title: 'Expectation Failed', sentence: 'The expectation cannot be met.' },
  { kind: 'rate-limited', status: 429, title: 'Too Many Requests', sentence: 'Too many requests. Please try again later.' },
  { kind: 'headers-too-large', status: 431, title: 'Request Header Fields Too Large', sentence: 'The headers of your request were too large for this server.' },
  { kind: 'internal', status: 500, title: 'Internal Server Error', sentence: 'The server has either erred or is incapable of performing the requested operation.' },
  { kind: 'not-implemented', status: 501, title: 'Not Implemented', sentence: 'The server does not support this operation.' },
  { kind: 'upstream-broken', status: 502, title: 'Bad Gateway', sentence: 'The Image service gave an answer that could not be used.' },
  { kind: 'upstream-too-large', status: 502, title: 'Bad Gateway', sentence: 'The Image service gave an answer that is too large. Ask for less at once.' },
  { kind: 'upstream-unreachable', status: 503, title: 'Service Unavailable', sentence: 'The Image service is currently unavailable. Please try again later.' },
  { kind: 'upstream-timeout', status: 504, title: 'Gateway Timeout', sentence: 'The Image service did not answer in time.' },
] as const satisfies readonly FaultRow[];

export type FaultKind = (typeof faults)[number]['kind'];

/** What an error status of Glance means to the gateway; anything else from 500 is `upstream-unreachable`, from 400 `bad-request`. */
export const upstreamStatuses = [
  { status: 400, kind: 'bad-request' },
  { status: 401, kind: 'unauthorized' },
  { status: 403, kind: 'forbidden' },
  { status: 404, kind: 'not-found' },
  { status: 405, kind: 'bad-request' },
  { status: 409, kind: 'conflict' },
  { status: 410, kind: 'gone-while-writing' },
  { status: 413, kind: 'too-large' },
  { status: 415, kind: 'bad-request' },
  { status: 429, kind: 'rate-limited' },
  { status: 501, kind: 'not-implemented' },
  { status: 502, kind: 'upstream-broken' },
  { status: 504, kind: 'upstream-timeout' },
] as const satisfies readonly { status: number; kind: FaultKind }[];
