import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Operation } from '../../core/operation.ts';
import type { DialectRequest } from '../dialect.ts';

/** Bytes; a list of members is small. */
const bodyLimit = 1024 * 1024;

const malformed = (): Fault => fault('bad-request', 'Malformed JSON in the request body.');

async function readJson({ exchange }: DialectRequest): Promise<unknown | Fault> {
  const text = await exchange.body.text(bodyLimit);
  if (isFault(text)) return text;
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return malformed();
  }
}

function memberIds(document: unknown): string[] | undefined {
  const list = (document as { memberships?: unknown } | undefined)?.memberships;
  if (!Array.isArray(list)) return undefined;
  const ids: string[] = [];
  for (const entry of list) {
    const id: unknown = (entry as { member_id?: unknown } | null)?.member_id;
    if (typeof id !== 'string' || id === '') return undefined;
    ids.push(id);
  }
  return ids;
}

/** `PUT …/members/{tenant}`: the body is optional and may only say `can_share`, which v2 does not know. */
export async function decodeAddMember(request: DialectRequest): Promise<Operation | Fault> {
  const document = await readJson(request);
  if (isFault(document)) return document;
  const { id = '', member = '' } = request.params;
  return { kind: 'add-member', id, member };
}

/** `PUT …/members`: `{"memberships": [{"member_id", "can_share"?}]}` becomes the whole list. */
export async function decodeReplaceMembers(request: DialectRequest): Promise<Operation | Fault> {
  const document = await readJson(request);
  if (isFault(document)) return document;
  const members = memberIds(document);
  if (!members) return fault('bad-request', 'Each of the memberships needs a member_id.');
  return { kind: 'replace-members', id: request.params['id'] ?? '', members };
}
