import type { Exchange } from '../http/exchange.ts';
import { badRequest, Fault, forbidden } from '../http/fault.ts';
import { mediaType, readJson } from '../http/request-body.ts';
import { imageSchema } from '../schema/image.ts';
import { strOf } from '../schema/python-text.ts';
import { violationOf } from '../schema/validate.ts';
import { decodePointer } from './json-pointer.ts';
import { isReserved, readOnly } from './property-rules.ts';

const operations = ['add', 'remove', 'replace'] as const;
export type PatchOperation = (typeof operations)[number];

/** One checked change of one attribute (or one location). */
export interface Change {
  readonly op: PatchOperation;
  readonly path: readonly string[];
  readonly value: unknown;
  /** Older patches may not `add` over an existing attribute. */
  readonly addOnly: boolean;
}

type RawChange = Record<string, unknown>;

const patchTypes = new Map([
  ['application/openstack-images-v2.0-json-patch', true],
  ['application/openstack-images-v2.1-json-patch', false],
]);

function modernOperation(raw: RawChange): [PatchOperation, unknown] {
  const available = operations.join(', ');
  if (raw['op'] === undefined || raw['op'] === null) {
    throw badRequest(
      `Unable to find \`op\` in JSON Schema change. It must be one of the following: ${available}.`,
    );
  }
  const op = operations.find((name) => name === raw['op']);
  if (op === undefined) {
    throw badRequest(
      `Invalid operation: \`${strOf(raw['op'])}\`. It must be one of the following: ${available}.`,
    );
  }
  if (!Object.hasOwn(raw, 'path')) throw badRequest("Unable to find 'path' in JSON Schema change");
  return [op, raw['path']];
}

function olderOperation(raw: RawChange): [PatchOperation, unknown] {
  const found = operations.filter((name) => Object.hasOwn(raw, name));
  const [op] = found;
  if (found.length > 1) {
    throw badRequest(
      'Operation objects must contain only one member named "add", "remove", or "replace".',
    );
  }
  if (op === undefined) {
    throw badRequest(
      'Operation objects must contain exactly one member named "add", "remove", or "replace".',
    );
  }
  return [op, raw[op]];
}

function checkDepth(op: PatchOperation, path: readonly string[]): void {
  const depth = path[0] === 'locations' && op !== 'replace' ? 2 : 1;
  if (path.length !== depth) {
    throw badRequest(`Invalid JSON pointer for this resource: '/${path.join('/')}'`);
  }
}

function checkValue(change: Change): void {
  const name = change.path[0] ?? '';
  if (readOnly.has(name)) throw forbidden(`Attribute '${name}' is read-only.`);
  if (isReserved(name)) throw forbidden(`Attribute '${name}' is reserved.`);
  if (change.op === 'remove') return;
  const value = change.path.length === 1 ? change.value : [change.value];
  const violation = violationOf(Object.fromEntries([[name, value]]), imageSchema);
  if (violation !== undefined) throw badRequest(violation);
}

function parseChange(raw: unknown, older: boolean): Change {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw badRequest('Operations must be JSON objects.');
  }
  const members = raw as RawChange;
  const [op, pointer] = older ? olderOperation(members) : modernOperation(members);
  if (typeof pointer !== 'string') throw badRequest('Pointer must be a string.');
  const path = decodePointer(pointer);
  checkDepth(op, path);
  if (op !== 'remove' && !Object.hasOwn(members, 'value')) {
    throw badRequest(`Operation "${op}" requires a member named "value".`);
  }
  const change = { op, path, value: members['value'], addOnly: older };
  checkValue(change);
  return change;
}

/**
 * Reads a JSON patch and checks it as far as it goes without the image.
 * @throws Fault 415 for other media types, 400 and 403 as Glance
 */
export async function readPatch(exchange: Exchange): Promise<Change[]> {
  const older = patchTypes.get(mediaType(exchange.headers) ?? '');
  if (older === undefined) {
    throw new Fault(415, undefined, {
      headers: { 'accept-patch': [...patchTypes.keys()].join(', ') },
    });
  }
  const body = await readJson(exchange);
  if (!Array.isArray(body)) {
    throw badRequest('Request body must be a JSON array of operation objects.');
  }
  return body.map((raw) => parseChange(raw, older));
}
