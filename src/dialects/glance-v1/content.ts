import type { Exchange } from '../../core/exchange.ts';
import { type Fault, fault } from '../../core/fault.ts';
import type { Claim, Content } from '../../core/operation.ts';
import type { Metadata } from './metadata.ts';

const bad = (sentence: string): Fault => fault('bad-request', sentence);

function claimOf({ fields }: Metadata): Claim {
  const size = fields.get('size');
  const md5 = fields.get('checksum');
  return {
    size: typeof size === 'number' ? size : undefined,
    md5: typeof md5 === 'string' ? md5 : undefined,
  };
}

/** Whether the request carries data: a length above 0, or chunks. A length of 0 is a metadata request. */
export const carriesData = (exchange: Exchange): boolean => exchange.body.announced;

/** Whether the request names a place to take data from. */
export function namesSource({ fields, copyFrom }: Metadata): boolean {
  return fields.has('location') || copyFrom !== undefined;
}

/** Image data must be `application/octet-stream`, and as long as the size header says. */
export function checkTransport(exchange: Exchange, metadata: Metadata): Fault | undefined {
  const type = (exchange.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/octet-stream') {
    return bad('Content-Type must be application/octet-stream');
  }
  const { size } = claimOf(metadata);
  const { length } = exchange.body;
  if (size !== undefined && length !== undefined && size !== length) {
    return bad(`Supplied size (${size}) and size of the body (${length}) did not match.`);
  }
  return undefined;
}

/** Where the data of a request comes from: its body, a URL, or nowhere. Faults: `bad-request` for both at once or an empty URL. */
export function readContent(exchange: Exchange, metadata: Metadata): Content | undefined | Fault {
  const { fields, copyFrom } = metadata;
  const claim = claimOf(metadata);
  if (carriesData(exchange)) {
    if (namesSource(metadata)) return bad('It is invalid to supply data together with a source.');
    const { body } = exchange;
    return { from: 'client', body: body.stream(), length: body.length, claim };
  }
  const location = fields.get('location');
  const url = copyFrom ?? location;
  if (url === undefined) return undefined;
  if (typeof url !== 'string' || url === '') return bad('The source of the image is empty.');
  return { from: 'url', url, wait: copyFrom === undefined, claim };
}
