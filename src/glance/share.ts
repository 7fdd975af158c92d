import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import { setField } from '../core/patch.ts';
import type { GlanceClient, Member } from './client.ts';
import { walk } from './walk.ts';

/** Member lists asked for at a time when every shared image must be looked at. */
const parallel = 8;

/** Members of an image; none where Glance says that only shared images have any (403 for those who may see it). */
export async function listMembers(
  glance: GlanceClient,
  context: CallContext,
  id: string,
): Promise<readonly Member[] | Fault> {
  const members = await glance.members(context, id);
  if (!isFault(members) || members.kind !== 'forbidden') return members;
  const image = await glance.show(context, id);
  return isFault(image) ? image : [];
}

/** Shares an image; a private one becomes shared first. Sharing with a member again is no fault. */
export async function addMember(
  glance: GlanceClient,
  context: CallContext,
  id: string,
  member: string,
): Promise<undefined | Fault> {
  const added = await glance.addMember(context, id, member);
  if (!isFault(added) || added.kind === 'conflict') return undefined;
  if (added.kind !== 'forbidden') return added;
  const image = await glance.show(context, id);
  if (isFault(image)) return image;
  // who does not own a shared image is told that there is none to share
  if (image.base.visibility === 'shared') return fault('not-found');
  if (image.base.visibility !== 'private') return added;
  const shared = await glance.patch(context, id, [setField('visibility', 'shared')]);
  if (isFault(shared)) return shared;
  const second = await glance.addMember(context, id, member);
  return isFault(second) && second.kind !== 'conflict' ? second : undefined;
}

/** Takes a member away; an image that is not shared has none to take. */
export async function removeMember(
  glance: GlanceClient,
  context: CallContext,
  id: string,
  member: string,
): Promise<undefined | Fault> {
  const removed = await glance.removeMember(context, id, member);
  if (!isFault(removed) || removed.kind !== 'forbidden') return removed;
  const image = await glance.show(context, id);
  if (isFault(image)) return image;
  return image.base.visibility === 'public' ? removed : fault('not-found');
}

/** Writes what is there already: nothing changes, but who may not write is told so. */
async function mayWrite(
  glance: GlanceClient,
  context: CallContext,
  id: string,
): Promise<undefined | Fault> {
  const image = await glance.show(context, id);
  if (isFault(image)) return image;
  const same = await glance.patch(context, id, [setField('min_disk', image.base.min_disk)]);
  return isFault(same) ? same : undefined;
}

/** Makes the member list the given one: adds what is missing, then takes away what is too much. */
export async function replaceMembers(
  glance: GlanceClient,
  context: CallContext,
  id: string,
  wanted: readonly string[],
): Promise<undefined | Fault> {
  const present = await listMembers(glance, context, id);
  if (isFault(present)) return present;
  if (present.length === 0 && wanted.length === 0) return mayWrite(glance, context, id);
  const names = new Set(present.map((member) => member.memberId));
  for (const member of new Set(wanted)) {
    if (names.has(member)) continue;
    const added = await addMember(glance, context, id, member);
    if (isFault(added)) return added;
  }
  for (const name of names) {
    if (wanted.includes(name)) continue;
    const removed = await removeMember(glance, context, id, name);
    if (isFault(removed) && removed.kind !== 'not-found') return removed;
  }
  return undefined;
}

/**
 * Ids of the images shared with a project, as far as the caller may know: its own membership, or memberships in images
 * that it owns. Glance has no such list, so each shared image is asked for its members, a few at a time.
 */
export async function listShared(
  glance: GlanceClient,
  context: CallContext,
  member: string,
): Promise<readonly string[] | Fault> {
  const images = await walk(glance, context, {
    ask: [
      ['visibility', 'shared'],
      ['member_status', 'all'],
    ],
    sort: 'created_at:desc,id:desc',
    limit: undefined,
  });
  if (isFault(images)) return images;
  const ids: string[] = [];
  for (let from = 0; from < images.length; from += parallel) {
    const some = images.slice(from, from + parallel);
    const lists = await Promise.all(some.map((image) => glance.members(context, image.base.id)));
    for (const [index, list] of lists.entries()) {
      const image = some[index];
      if (!image) continue;
      if (isFault(list)) {
        // deleted or no longer shared since it was listed
        if (list.kind === 'not-found' || list.kind === 'forbidden') continue;
        return list;
      }
      if (list.some((entry) => entry.memberId === member)) ids.push(image.base.id);
    }
  }
  return ids;
}
