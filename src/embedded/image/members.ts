import type { UpstreamAnswer } from '../../core/upstream.ts';
import { isoTime } from '../clock.ts';
import { json, nothing } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { badRequest, conflict, forbidden, notFound, tooLarge } from '../http/fault.ts';
import { readJson } from '../http/request-body.ts';
import type { ImageRecord, MemberRecord, MemberStatus } from '../record.ts';
import type { Service } from '../service.ts';
import { requireVisible } from './access.ts';
import { excess } from './quotas.ts';

function memberView(image: ImageRecord, member: MemberRecord): Record<string, unknown> {
  return {
    member_id: member.member_id,
    image_id: image.id,
    status: member.status,
    created_at: isoTime(member.created_at),
    updated_at: isoTime(member.updated_at),
    schema: '/v2/schemas/member',
  };
}

const isOwner = (image: ImageRecord, exchange: Exchange): boolean =>
  image.owner === exchange.identity.projectId;

/** Everyone sees their own row; the owner and operators see all. */
function visibleMembers(image: ImageRecord, exchange: Exchange): readonly MemberRecord[] {
  if (exchange.isAdmin || isOwner(image, exchange)) return image.members;
  return image.members.filter((member) => member.member_id === exchange.identity.projectId);
}

function findMember(image: ImageRecord, exchange: Exchange): MemberRecord {
  const id = param(exchange, 'member_id');
  const member = visibleMembers(image, exchange).find((candidate) => candidate.member_id === id);
  if (member === undefined)
    throw notFound(`${id} not found in the member list of the image ${image.id}.`);
  return member;
}

function lookUp(stored: ImageRecord | undefined, exchange: Exchange): ImageRecord {
  return requireVisible(stored, exchange, `Image ${param(exchange, 'image_id')} not found.`);
}

/** Members are only for shared images; `mayAct` says which callers, besides operators, may do this. */
function requireShared(
  image: ImageRecord,
  exchange: Exchange,
  verb: string,
  mayAct: boolean,
): void {
  if (image.visibility !== 'shared' || !(exchange.isAdmin || mayAct)) {
    throw forbidden(`Not allowed to ${verb} members for image ${image.id}.`);
  }
}

async function requestedMember(exchange: Exchange): Promise<string> {
  const body = await readJson(exchange);
  if (Array.isArray(body)) {
    throw badRequest('Expected a member in the form: {"member": "image_id"}');
  }
  if (!Object.hasOwn(body, 'member')) throw badRequest('Member to be added not specified');
  const member = body['member'];
  if (!member) throw badRequest("Member can't be empty");
  if (typeof member !== 'string' && typeof member !== 'number') {
    throw badRequest('Expected a member in the form: {"member": "image_id"}');
  }
  return String(member);
}

async function requestedStatus(exchange: Exchange): Promise<unknown> {
  const body = await readJson(exchange);
  if (Array.isArray(body)) {
    throw badRequest('Expected a status in the form: {"status": "status"}');
  }
  if (!Object.hasOwn(body, 'status')) throw badRequest('Status not specified');
  return body['status'];
}

function isMemberStatus(value: unknown): value is MemberStatus {
  return value === 'pending' || value === 'accepted' || value === 'rejected';
}

/** `GET /v2/images/{image_id}/members`. */
export async function listMembers(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const image = lookUp(service.catalogue.image(param(exchange, 'image_id')), exchange);
  if (image.visibility !== 'shared') {
    throw forbidden(
      `Not allowed to list members for image ${image.id}: Only shared images have members.`,
    );
  }
  const members = visibleMembers(image, exchange).map((member) => memberView(image, member));
  return json({ members, schema: '/v2/schemas/members' });
}

/** `GET /v2/images/{image_id}/members/{member_id}`. */
export async function showMember(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const image = lookUp(service.catalogue.image(param(exchange, 'image_id')), exchange);
  if (image.visibility !== 'shared') throw notFound('Only shared images have members.');
  return json(memberView(image, findMember(image, exchange)));
}

/** `POST /v2/images/{image_id}/members`. */
export async function addMember(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const member_id = await requestedMember(exchange);
  const now = service.clock();
  const added: MemberRecord = { member_id, status: 'pending', created_at: now, updated_at: now };
  const image = await service.catalogue.change(param(exchange, 'image_id'), (stored) => {
    const current = lookUp(stored, exchange);
    requireShared(current, exchange, 'create', isOwner(current, exchange));
    const what = 'members for this image';
    const message = excess(what, current.members.length + 1, service.limits.members);
    if (message !== undefined) {
      throw tooLarge(`Image member limit exceeded for image ${current.id}: ${message}:`);
    }
    if (current.members.some((member) => member.member_id === member_id)) {
      throw conflict(`Member ${member_id} is duplicated for image ${current.id}`);
    }
    return { ...current, members: [...current.members, added] };
  });
  return json(memberView(image, added));
}

/** `PUT /v2/images/{image_id}/members/{member_id}`: the member answers the invitation. */
export async function updateMember(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const status = await requestedStatus(exchange);
  const now = service.clock();
  const image = await service.catalogue.change(param(exchange, 'image_id'), (stored) => {
    const current = lookUp(stored, exchange);
    requireShared(current, exchange, 'update', !isOwner(current, exchange));
    const member = findMember(current, exchange);
    if (!isMemberStatus(status)) {
      throw badRequest('Incorrect request: Status must be "pending", "accepted" or "rejected".');
    }
    const members = current.members.map((candidate) =>
      candidate === member ? { ...member, status, updated_at: now } : candidate,
    );
    return { ...current, members };
  });
  return json(memberView(image, findMember(image, exchange)));
}

/** `DELETE /v2/images/{image_id}/members/{member_id}`. */
export async function removeMember(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  await service.catalogue.change(param(exchange, 'image_id'), (stored) => {
    const current = lookUp(stored, exchange);
    requireShared(current, exchange, 'delete', isOwner(current, exchange));
    const member = findMember(current, exchange);
    return { ...current, members: current.members.filter((candidate) => candidate !== member) };
  });
  return nothing;
}
