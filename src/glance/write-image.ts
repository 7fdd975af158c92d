import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Image } from '../core/image.ts';
import type { Change, Content, Draft, Operation } from '../core/operation.ts';
import type { OpenSource } from '../core/source.ts';
import type { GlanceClient } from './client.ts';
import { openContent, type ReadyContent, storeContent } from './store-content.ts';

/** What writing needs besides Glance itself. */
export interface WriteServices {
  readonly glance: GlanceClient;
  readonly openSource: OpenSource;
}

/** A client that leaves must not stop what tidies up after it. */
function unhurried(context: CallContext, signal?: AbortSignal): CallContext {
  const { token, requestId, background } = context;
  return {
    token,
    requestId,
    signal,
    background,
    gone: () => false,
    upstreamCalls: 0,
    upstreamMs: 0,
  };
}

async function createRecord(
  glance: GlanceClient,
  context: CallContext,
  draft: Draft,
): Promise<Image | Fault> {
  const document = { ...Object.fromEntries(draft.fields), ...Object.fromEntries(draft.properties) };
  const created = await glance.create(context, document);
  const mayRetry = draft.ownerIsWish && draft.fields.has('owner');
  if (!isFault(created) || created.kind !== 'forbidden' || !mayRetry) return created;
  const { owner: _, ...rest } = document;
  return glance.create(context, rest);
}

/** Fills an image and shows it; `undo` runs when the data could not be stored. */
async function fill(
  services: WriteServices,
  context: CallContext,
  image: Image,
  content: ReadyContent,
  undo: () => Promise<unknown>,
): Promise<Image | Fault> {
  const { glance } = services;
  if (content.later) {
    context.background(async (stop) => {
      const stored = await storeContent(glance, unhurried(context, stop), image.base.id, content);
      if (isFault(stored)) await undo();
    });
    return { ...image, base: { ...image.base, size: image.base.size ?? content.length ?? null } };
  }
  const stored = await storeContent(glance, context, image.base.id, content);
  if (isFault(stored)) {
    await undo();
    return stored;
  }
  return glance.show(context, image.base.id);
}

async function opened(
  services: WriteServices,
  context: CallContext,
  content: Content | undefined,
): Promise<ReadyContent | undefined | Fault> {
  return content && openContent(context, content, services.openSource);
}

/** Creates an image, with data if there is any. A failure after the record is made takes the record away again. */
export async function createImage(
  services: WriteServices,
  context: CallContext,
  operation: Extract<Operation, { kind: 'create-image' }>,
): Promise<Image | Fault> {
  const content = await opened(services, context, operation.content);
  if (isFault(content)) return content;
  const created = await createRecord(services.glance, context, operation.draft);
  if (isFault(created) || !content) return created;
  return fill(services, context, created, content, () =>
    services.glance.remove(unhurried(context), created.base.id),
  );
}

async function applyChange(
  glance: GlanceClient,
  context: CallContext,
  id: string,
  { steps, ownerIsWish }: Change,
): Promise<Image | Fault> {
  const patched = await glance.patch(context, id, steps);
  if (!isFault(patched) || patched.kind !== 'forbidden' || !ownerIsWish) return patched;
  const others = steps.filter((step) => step.path !== '/owner');
  if (others.length === steps.length) return patched;
  return others.length > 0 ? glance.patch(context, id, others) : glance.show(context, id);
}

/** Glance says "gone" both when the image was deleted under the upload and when another upload has won. */
async function whoseFault(
  glance: GlanceClient,
  context: CallContext,
  id: string,
  failed: Fault,
): Promise<Fault> {
  if (failed.kind !== 'gone-while-writing') return failed;
  const image = await glance.show(context, id);
  if (isFault(image) || image.base.status === 'queued') return failed;
  return fault('conflict', 'The image has been given other data.');
}

/** Two writers may meet; the loser reads again and tries once more. */
const attempts = 2;

/** Changes an image in one patch, then stores data if there is any. Failed data leaves the image queued. */
export async function updateImage(
  services: WriteServices,
  context: CallContext,
  operation: Extract<Operation, { kind: 'update-image' }>,
): Promise<Image | Fault> {
  const { glance } = services;
  for (let attempt = 1; ; attempt += 1) {
    let image: Image | Fault = await glance.show(context, operation.id);
    if (isFault(image)) return image;
    const change = operation.change(image);
    if (isFault(change)) return change;
    const content = await opened(services, context, operation.content);
    if (isFault(content)) return content;
    if (change.steps.length > 0) image = await applyChange(glance, context, operation.id, change);
    if (isFault(image)) {
      if (image.kind === 'conflict' && attempt < attempts) continue;
      return image;
    }
    if (!content) return image;
    const filled = await fill(services, context, image, content, async () => undefined);
    return isFault(filled) ? whoseFault(glance, context, operation.id, filled) : filled;
  }
}
