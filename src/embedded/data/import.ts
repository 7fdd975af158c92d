import { randomUUID } from 'node:crypto';
import { isFault } from '../../core/fault.ts';
import { admitSource } from '../../core/import-filter.ts';
import type { UpstreamAnswer } from '../../core/upstream.ts';
import { empty } from '../http/answers.ts';
import { type Exchange, param } from '../http/exchange.ts';
import { badRequest, conflict, Fault, forbidden } from '../http/fault.ts';
import { readJsonObject } from '../http/request-body.ts';
import { requireOwner, requireVisible } from '../image/access.ts';
import { type ImageRecord, importTaskKey, type TaskRecord, withProperty } from '../record.ts';
import { strOf } from '../schema/python-text.ts';
import type { Service } from '../service.ts';
import { importMethods } from './import-methods.ts';
import { runImport } from './import-task.ts';

interface ImportRequest {
  readonly body: Record<string, unknown>;
  readonly method: string;
  readonly uri: unknown;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkBoolean(body: Record<string, unknown>, name: string): void {
  if (Object.hasOwn(body, name) && typeof body[name] !== 'boolean') {
    throw badRequest(`'${name}' must be boolean value only`);
  }
}

async function readRequest(exchange: Exchange): Promise<ImportRequest> {
  const body = await readJsonObject(exchange);
  const { method } = body;
  if (!isRecord(method)) throw badRequest("Import request requires a 'method' field.");
  if (!Object.hasOwn(method, 'name')) {
    throw badRequest("Import request requires a 'name' field.");
  }
  const name = importMethods.find((candidate) => candidate === method['name']);
  if (name === undefined) {
    throw badRequest(`Unknown import method name '${strOf(method['name'])}'.`);
  }
  checkBoolean(body, 'all_stores_must_succeed');
  checkBoolean(body, 'all_stores');
  return { body, method: name, uri: method['uri'] };
}

function checkState(image: ImageRecord, method: string): void {
  if (image.status === 'active' && method !== 'copy-image') {
    throw conflict('Image with status active cannot be target for import');
  }
  if (image.status !== 'active' && method === 'copy-image') {
    throw conflict('Only images with status active can be targeted for copying');
  }
  if (image.status !== 'queued' && method === 'web-download') {
    throw conflict(`Image needs to be in 'queued' state to use '${method}' method`);
  }
  if (image.status !== 'uploading' && method === 'glance-direct') {
    throw conflict("Image needs to be staged before 'glance-direct' method can be used");
  }
  for (const name of ['container_format', 'disk_format'] as const) {
    if (!image[name]) throw conflict(`'${name}' needs to be set before import`);
  }
}

function checkImage(image: ImageRecord, request: ImportRequest, exchange: Exchange): void {
  checkState(image, request.method);
  if (request.method === 'copy-image') {
    if (!exchange.isAdmin) throw forbidden('You are not authorized to complete copy_image action.');
    // There is one store only, and Glance without several stores fails in the same way.
    throw new Fault(500);
  }
  requireOwner(image, exchange);
  if (image.properties.has(importTaskKey)) throw conflict('Image has active task');
  if (request.body['all_stores_must_succeed'] === false) {
    const uri = strOf(request.uri);
    throw badRequest(`All_stores_must_succeed can only be set with enabled_backends ${uri}`);
  }
}

function newTask(service: Service, exchange: Exchange, request: ImportRequest): TaskRecord {
  const now = service.clock();
  const image_id = param(exchange, 'image_id');
  return {
    id: randomUUID(),
    type: 'api_image_import',
    status: 'pending',
    owner: exchange.identity.projectId,
    user_id: exchange.identity.userId,
    request_id: exchange.requestId,
    image_id,
    input: { image_id, import_req: request.body, backend: [null] },
    result: null,
    message: '',
    created_at: now,
    updated_at: now,
    expires_at: null,
  };
}

/** `POST /v2/images/{image_id}/import`: answers at once; the work goes on in the background. */
export async function importData(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const request = await readRequest(exchange);
  const id = param(exchange, 'image_id');
  const missing = `No image found with ID ${id}`;
  checkImage(requireVisible(service.catalogue.image(id), exchange, missing), request, exchange);
  if (request.method === 'web-download') {
    const { uri } = request;
    if (typeof uri !== 'string' || isFault(admitSource(uri, service.importFilter))) {
      throw badRequest(`URI for web-download does not pass filtering: ${strOf(uri ?? null)}`);
    }
  }
  const task = newTask(service, exchange, request);
  await service.catalogue.change(id, (stored) => {
    const image = requireVisible(stored, exchange, missing);
    checkImage(image, request, exchange);
    return { ...image, properties: withProperty(image.properties, importTaskKey, task.id) };
  });
  await service.catalogue.putTask(task);
  const uri = typeof request.uri === 'string' ? request.uri : '';
  const run = (signal: AbortSignal): Promise<void> => {
    const work = runImport(
      service,
      task,
      request.method === 'web-download' ? uri : undefined,
      signal,
    );
    service.background.add(work);
    return work.finally(() => service.background.delete(work));
  };
  if (exchange.background) exchange.background(run);
  else void run(service.closing);
  return empty(202);
}
