import { finished } from '../../core/finished.ts';
import type { Image } from '../../core/image.ts';
import { expectKind, type Outcome } from '../../core/operation.ts';
import type { HeaderLines, Reply } from '../../core/reply.ts';
import type { DialectRequest } from '../dialect.ts';
import { briefView, fullView, lens, shownProperties } from './lens.ts';

const jsonType = ['Content-Type', 'application/json'] as const;
const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a header
const control = /[\x00-\x1f\x7f]/g;

function document(content: unknown): Reply {
  return { status: 200, headers: [jsonType], body: JSON.stringify(content) };
}

function headerText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value).replace(control, ' ');
}

/** An image as `x-image-meta-*` lines: nulls left out, names lower-cased, what is no header name left out. */
const metadataLines = finished((image: Image): HeaderLines => {
  const lines: [string, string][] = [];
  const put = (name: string, value: unknown): void => {
    const text = headerText(value);
    if (text !== undefined) lines.push([`x-image-meta-${name}`, text]);
  };
  for (const [name, value] of Object.entries(lens.show(image))) put(name, value);
  // two names may be one in lower case
  const properties = new Map<string, string>();
  for (const [name, value] of Object.entries(shownProperties(image))) {
    const lower = name.toLowerCase();
    if (value !== null && token.test(lower)) properties.set(lower, value);
  }
  for (const [name, value] of properties) put(`property-${name}`, value);
  const { checksum } = image.base;
  if (checksum) lines.push(['ETag', checksum]);
  return lines;
});

function imageDocument(status: number, image: Image, more: [string, string][] = []): Reply {
  const { checksum } = image.base;
  return {
    status,
    headers: [jsonType, ...(checksum ? [['ETag', checksum] as const] : []), ...more],
    body: JSON.stringify({ image: fullView(image) }),
  };
}

export function encodeCreated(outcome: Outcome, { base }: DialectRequest): Reply {
  const { image } = expectKind(outcome, 'image');
  return imageDocument(201, image, [['Location', `${base}/v1/images/${image.base.id}`]]);
}

export function encodeUpdated(outcome: Outcome): Reply {
  return imageDocument(200, expectKind(outcome, 'image').image);
}

export function encodeHead(outcome: Outcome): Reply {
  const { image } = expectKind(outcome, 'image');
  return { status: 200, headers: metadataLines(image), body: null };
}

export function encodeData(outcome: Outcome): Reply {
  const { image, body, length } = expectKind(outcome, 'data');
  const headers = [...metadataLines(image)];
  headers.push(['Content-Type', 'application/octet-stream']);
  if (length !== undefined) headers.push(['Content-Length', String(length)]);
  return { status: 200, headers, body: body ?? '' };
}

const listReply = (view: (image: Image) => unknown) =>
  finished((images: readonly Image[]) => document({ images: images.map(view) }));
const briefReply = listReply(briefView);
const detailReply = listReply(fullView);

export const encodeBrief = (outcome: Outcome): Reply =>
  briefReply(expectKind(outcome, 'images').images);

export const encodeDetail = (outcome: Outcome): Reply =>
  detailReply(expectKind(outcome, 'images').images);

/** DELETE of an image: 200 without a body, where v2 says 204. */
export const encodeDeleted = (): Reply => ({
  status: 200,
  headers: [['Content-Type', 'text/html; charset=UTF-8']],
  body: '',
});

export const encodeNothing = (): Reply => ({ status: 204, headers: [], body: null });

export function encodeMembers(outcome: Outcome): Reply {
  const { members } = expectKind(outcome, 'members');
  return document({ members: members.map((id) => ({ member_id: id, can_share: false })) });
}

export function encodeShared(outcome: Outcome): Reply {
  const { ids } = expectKind(outcome, 'image-ids');
  return document({ shared_images: ids.map((id) => ({ image_id: id, can_share: false })) });
}
