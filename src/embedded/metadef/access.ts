import { type Exchange, param } from '../http/exchange.ts';
import { badRequest, forbidden, notFound } from '../http/fault.ts';
import { readJsonObject } from '../http/request-body.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { violationOf } from '../schema/validate.ts';
import type { Service } from '../service.ts';
import type { NamespaceRecord } from './records.ts';

export function isVisible(record: NamespaceRecord, exchange: Exchange): boolean {
  const own = record.owner === exchange.identity.projectId;
  return exchange.isAdmin || own || record.visibility === 'public';
}

/** The namespace that the path names. @throws Fault 404 */
export function namespaceOf(
  service: Service,
  exchange: Exchange,
  missing?: string,
): NamespaceRecord {
  const name = param(exchange, 'namespace');
  const record = service.namespaces.find(name);
  if (record !== undefined && isVisible(record, exchange)) return record;
  const hidden = `Namespace ${name} not found`;
  throw notFound(record === undefined ? (missing ?? hidden) : hidden);
}

/** What objects say about a namespace that is not there, unlike the other resources. */
export function missingNamespace(exchange: Exchange): string {
  return `Metadata definition namespace=${param(exchange, 'namespace')} was not found.`;
}

/** Only operators change metadata definitions. @throws Fault 403 */
export function requireAdmin(exchange: Exchange, action: string): void {
  if (!exchange.isAdmin) throw forbidden(`You are not authorized to complete ${action} action.`);
}

/** @throws Fault 403 when the namespace protects what is in it */
export function requireUnprotected(record: NamespaceRecord, what: string): void {
  if (!record.protected) return;
  throw forbidden(`Metadata definition ${what} is protected and cannot be deleted.`);
}

/** Reads a body that conforms to `schema` and sets none of the `readOnly` names. @throws Fault 400, 403 */
export async function readBody(
  exchange: Exchange,
  schema: JsonSchema,
  readOnly: readonly string[],
): Promise<Record<string, unknown>> {
  const body = await readJsonObject(exchange);
  const name = readOnly.find((candidate) => Object.hasOwn(body, candidate));
  if (name !== undefined) throw forbidden(`Attribute '${name}' is read-only.`);
  const violation = violationOf(body, schema);
  if (violation !== undefined) throw badRequest(violation);
  return body;
}
