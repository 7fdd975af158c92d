import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Image } from '../core/image.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import type { PropertyRules } from '../core/property-rules.ts';
import { discard } from '../core/upstream.ts';
import type { GlanceClient } from './client.ts';
import { underRules } from './rule.ts';
import { addMember, listMembers, listShared, removeMember, replaceMembers } from './share.ts';
import { type Snapshots, snapshotServer } from './snapshot.ts';
import { stroll, walk } from './walk.ts';
import { createImage, updateImage, type WriteServices } from './write-image.ts';

const done = (result: undefined | Fault): Outcome | Fault => result ?? { kind: 'done' };

const ofImage = (image: Image | Fault): Outcome | Fault =>
  isFault(image) ? image : { kind: 'image', image };

/** The image and its data are asked for at once; what the image is decides whether the data may go out. */
async function download(
  glance: GlanceClient,
  context: CallContext,
  operation: Extract<Operation, { kind: 'download-image' }>,
): Promise<Outcome | Fault> {
  const stop = new AbortController();
  const signal = context.signal ? AbortSignal.any([stop.signal, context.signal]) : stop.signal;
  const pending = glance.download(context, operation.id, signal);
  const image = await glance.show(context, operation.id);
  const refused = isFault(image) ? image : operation.allow(image);
  if (isFault(image) || refused) {
    stop.abort();
    const unwanted = await pending;
    if (!isFault(unwanted)) discard(unwanted.body);
    return refused as Fault;
  }
  const data = await pending;
  if (isFault(data)) return data;
  if (data.body === null && image.base.size !== 0) return fault('not-found');
  const { size } = image.base;
  if (data.length !== undefined || size === null) {
    return { kind: 'data', image, body: data.body, length: data.length };
  }
  // in chunks, so that only the image says how long it should be
  return { kind: 'data', image, body: data.body, length: size };
}

/** What carrying an operation out needs. */
export interface ExecuteServices extends WriteServices {
  readonly snapshots: Snapshots;
  /** Rules for properties with a meaning of their own, if any. */
  readonly rules: PropertyRules | undefined;
}

/** Ids that would be another path once a URL is normalised; no image or server has them. */
const noIds: ReadonlySet<string | undefined> = new Set(['', '.', '..']);

function namesNothing(operation: Operation): boolean {
  if ('id' in operation) return noIds.has(operation.id);
  return operation.kind === 'snapshot-server' && noIds.has(operation.server);
}

/** Carries an operation out as calls of Glance v2. Never throws for an expected failure. */
export async function execute(
  services: ExecuteServices,
  context: CallContext,
  asked: Operation,
): Promise<Outcome | Fault> {
  const { glance } = services;
  if (namesNothing(asked)) return fault('not-found');
  const operation = underRules(asked, services.rules);
  if (isFault(operation)) return operation;
  switch (operation.kind) {
    case 'list-images': {
      const list = operation.paged ? stroll : walk;
      const found = await list(glance, context, operation.selection);
      if (isFault(found)) return found;
      return Symbol.asyncIterator in found
        ? { kind: 'image-pages', pages: found }
        : { kind: 'images', images: found };
    }
    case 'show-image':
      return ofImage(await glance.show(context, operation.id));
    case 'download-image':
      return download(glance, context, operation);
    case 'create-image':
      return ofImage(await createImage(services, context, operation));
    case 'update-image':
      return ofImage(await updateImage(services, context, operation));
    case 'delete-image':
      return done(await glance.remove(context, operation.id));
    case 'snapshot-server':
      return ofImage(await snapshotServer(glance, services.snapshots, context, operation));
    case 'list-members': {
      const members = await listMembers(glance, context, operation.id);
      if (isFault(members)) return members;
      return { kind: 'members', members: members.map((member) => member.memberId) };
    }
    case 'add-member':
      return done(await addMember(glance, context, operation.id, operation.member));
    case 'remove-member': {
      if (noIds.has(operation.member)) return fault('not-found');
      const removed = await removeMember(glance, context, operation.id, operation.member);
      return done(removed);
    }
    case 'replace-members':
      return done(await replaceMembers(glance, context, operation.id, operation.members));
    case 'list-shared': {
      const ids = await listShared(glance, context, operation.member);
      return isFault(ids) ? ids : { kind: 'image-ids', ids };
    }
  }
}
