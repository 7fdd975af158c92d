import type { UpstreamAnswer } from '../core/upstream.ts';
import { fineTime, isoTime } from './clock.ts';
import { json } from './http/answers.ts';
import { type Exchange, param } from './http/exchange.ts';
import { badRequest, Fault, forbidden, notFound } from './http/fault.ts';
import { pageQuery, QueryBag } from './http/query.ts';
import { readJsonObject } from './http/request-body.ts';
import { visibleImage } from './image/access.ts';
import { takeLimit } from './image/list.ts';
import type { TaskRecord } from './record.ts';
import { taskSchema } from './schema/task.ts';
import { violationOf } from './schema/validate.ts';
import type { Service } from './service.ts';

function requireAdmin(exchange: Exchange): void {
  if (!exchange.isAdmin) {
    throw forbidden('You are not authorized to complete tasks_api_access action.');
  }
}

function taskStub(task: TaskRecord): Record<string, unknown> {
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    owner: task.owner,
    created_at: isoTime(task.created_at),
    updated_at: isoTime(task.updated_at),
    self: `/v2/tasks/${task.id}`,
    schema: '/v2/schemas/task',
    ...(task.expires_at === null ? {} : { expires_at: isoTime(task.expires_at) }),
  };
}

function taskView(task: TaskRecord): Record<string, unknown> {
  const { input, message, result, request_id, user_id } = task;
  const image = task.image_id === null ? {} : { image_id: task.image_id };
  return { ...taskStub(task), input, message, result, ...image, request_id, user_id };
}

/** `GET /v2/images/{image_id}/tasks`: the caller's own; operators see all. */
export async function listImageTasks(
  service: Service,
  exchange: Exchange,
): Promise<UpstreamAnswer> {
  const id = param(exchange, 'image_id');
  try {
    visibleImage(service, exchange, id);
  } catch {
    throw notFound();
  }
  const tasks = [...service.catalogue.tasks()]
    .filter((task) => task.image_id === id)
    .filter((task) => exchange.isAdmin || task.owner === exchange.identity.projectId)
    .map((task) => ({
      id: task.id,
      type: task.type,
      status: task.status,
      owner: task.owner,
      expires_at: task.expires_at === null ? null : fineTime(task.expires_at),
      created_at: fineTime(task.created_at),
      updated_at: fineTime(task.updated_at),
      deleted_at: null,
      deleted: false,
      image_id: task.image_id,
      request_id: task.request_id,
      user_id: task.user_id,
      input: task.input,
      result: task.result,
      message: task.message,
    }));
  return json({ tasks });
}

function takeChoice(bag: QueryBag, name: string, choices: readonly string[]): string | undefined {
  const value = bag.take(name);
  if (value !== undefined && value !== '' && !choices.includes(value)) {
    throw badRequest(`Invalid ${name} value: ${value}`);
  }
  return value;
}

/** `GET /v2/tasks`, newest first unless `sort_dir=asc`; filters by status and type. */
export async function listTasks(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireAdmin(exchange);
  const bag = new QueryBag(exchange.query);
  const direction = bag.take('sort_dir') ?? 'desc';
  if (direction !== 'asc' && direction !== 'desc') {
    throw badRequest(`Invalid sort direction: ${direction}`);
  }
  const status = takeChoice(bag, 'status', ['pending', 'processing', 'success', 'failure']);
  const type = takeChoice(bag, 'type', ['import']);
  const marker = bag.take('marker');
  const limit = takeLimit(bag);
  const ordered = [...service.catalogue.tasks()];
  if (direction === 'desc') ordered.reverse();
  const start = marker === undefined ? 0 : ordered.findIndex((task) => task.id === marker) + 1;
  if (marker !== undefined && start === 0) throw badRequest(`Could not find task ${marker}`);
  const tasks = ordered
    .slice(start)
    .filter((task) => status === undefined || task.status === status)
    .filter((task) => type === undefined || task.type === type)
    .slice(0, limit);
  const query = pageQuery(exchange.query);
  const last = tasks.at(-1);
  return json({
    tasks: tasks.map(taskStub),
    first: query === '' ? '/v2/tasks' : `/v2/tasks?${query}`,
    schema: '/v2/schemas/tasks',
    ...(last !== undefined && tasks.length === limit
      ? { next: `/v2/tasks?${pageQuery(exchange.query, last.id)}` }
      : {}),
  });
}

/** `GET /v2/tasks/{task_id}`. */
export async function showTask(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireAdmin(exchange);
  const id = param(exchange, 'task_id');
  const task = service.catalogue.task(id);
  if (task === undefined) throw notFound(`Could not find task ${id}`);
  return json(taskView(task));
}

/** `POST /v2/tasks`: the older import by tasks is refused, whatever it names. */
export async function createTask(_service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireAdmin(exchange);
  const body = await readJsonObject(exchange);
  for (const name of ['type', 'input']) {
    if (!Object.hasOwn(body, name)) throw badRequest(`Task '${name}' is required`);
  }
  const violation = violationOf(body, taskSchema);
  if (violation !== undefined) throw badRequest(violation);
  const input = (body['input'] ?? {}) as Record<string, unknown>;
  throw badRequest(`Invalid location: ${String(input['import_from'] ?? 'None')}`);
}

/** `DELETE /v2/tasks/{task_id}`: nobody may. */
export async function deleteTask(_service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  requireAdmin(exchange);
  throw new Fault(
    405,
    'This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time based on their expires_at property.',
    { headers: { allow: 'GET' }, bare: true },
  );
}
