import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Claim, Content } from '../core/operation.ts';
import type { OpenSource, Source } from '../core/source.ts';
import type { ByteStream } from '../core/upstream.ts';
import { hold } from './claim.ts';
import type { GlanceClient } from './client.ts';

/** Content whose source is open: what can be refused before anything is created has been refused. */
export interface ReadyContent {
  readonly body: ByteStream | Uint8Array;
  readonly length: number | undefined;
  readonly claim: Claim;
  /** Answer first, store afterwards. */
  readonly later: boolean;
}

/** Opens the source of image data. Faults: the source's own; `conflict` when its size is not the one claimed. */
export async function openContent(
  context: CallContext,
  content: Content,
  openSource: OpenSource,
): Promise<ReadyContent | Fault> {
  if (content.from === 'nothing') {
    return { body: new Uint8Array(0), length: 0, claim: {}, later: false };
  }
  if (content.from === 'client') return { ...content, later: false };
  // a copy goes on after the client has left
  const source: Source | Fault = await openSource(
    content.url,
    content.wait ? context.signal : undefined,
  );
  if (isFault(source)) return source;
  const { size } = content.claim;
  if (size !== undefined && source.length !== undefined && size !== source.length) {
    return fault('conflict', 'The size given and the size of the source differ.');
  }
  return { ...source, claim: content.claim, later: !content.wait };
}

/** Streams opened content into a queued image, held to its claim; on a fault Glance has the image queued again. */
export async function storeContent(
  glance: GlanceClient,
  context: CallContext,
  id: string,
  content: ReadyContent,
): Promise<undefined | Fault> {
  const { body, length, claim } = content;
  // a length that was checked beforehand is kept by HTTP itself
  const sizeIsSure = length !== undefined && (claim.size === undefined || claim.size === length);
  const nothingClaimed = claim.size === undefined && claim.md5 === undefined;
  if (body instanceof Uint8Array || nothingClaimed || (sizeIsSure && claim.md5 === undefined)) {
    return glance.upload(context, id, body, length);
  }
  const held = hold(body, sizeIsSure ? { md5: claim.md5 } : claim);
  const stored = await glance.upload(context, id, held.stream, length);
  return held.broken() ?? stored;
}
