import { randomUUID } from 'node:crypto';
import type { Send, UpstreamAnswer, UpstreamCall } from '../../core/upstream.ts';
import { routes } from '../api.ts';
import { identityByToken } from '../authentication.ts';
import { SenderFailure } from '../data/receive.ts';
import type { EmbeddedIdentity } from '../identities.ts';
import type { Service } from '../service.ts';
import type { Exchange } from './exchange.ts';
import { badRequest, Fault } from './fault.ts';
import { faultPage } from './fault-page.ts';
import { decodeText, parseQuery } from './query.ts';
import { hasBody } from './request-body.ts';
import { compileRoutes } from './routes.ts';
import { isServedVersion, versionDocument } from './versions.ts';

const vendorType = 'application/vnd.openstack.images-';
const longestRequestId = 64;
const findRoute = compileRoutes(routes);

function originOf(call: UpstreamCall): string {
  return `http://${call.headers['host'] ?? 'localhost'}`;
}

/** The client's own request id where it is usable, else a new one. */
function requestIdOf(call: UpstreamCall): string {
  const given = call.headers['x-openstack-request-id'];
  if (given === undefined || given === '' || given.length > longestRequestId) {
    return `req-${randomUUID()}`;
  }
  return given.startsWith('req-') ? given : `req-${given}`;
}

function unauthorized(call: UpstreamCall): UpstreamAnswer {
  const message = 'The request you have made requires authentication.';
  return {
    status: 401,
    headers: {
      'content-type': 'application/json',
      'www-authenticate': `Keystone uri="${originOf(call)}"`,
    },
    body: JSON.stringify({ error: { code: 401, title: 'Unauthorized', message } }),
  };
}

async function dispatch(
  service: Service,
  call: UpstreamCall,
  path: string,
  search: string,
  identity: EmbeddedIdentity,
  requestId: string,
): Promise<UpstreamAnswer> {
  const { operation, params } = findRoute(call.method, decodeText(path).replace(/^\/+/, '/'));
  const exchange: Exchange = {
    method: call.method,
    params,
    query: parseQuery(search),
    headers: call.headers,
    body: call.body ?? null,
    signal: call.signal,
    background: call.background,
    identity,
    isAdmin: identity.roles.includes('admin'),
    requestId,
    origin: originOf(call),
  };
  if (operation.bodiless === true && hasBody(exchange)) {
    throw badRequest('A body is not expected with this request.');
  }
  return operation.handle(service, exchange);
}

/** Turns an error of a handler into an answer; only the caller's own abort or broken body goes through. */
function answerFor(error: unknown, call: UpstreamCall): UpstreamAnswer {
  const fault = error instanceof Fault ? error : new Fault(500);
  const { accept, 'content-type': contentType } = call.headers;
  return faultPage(fault, { method: call.method, accept, contentType });
}

function withLength(answer: UpstreamAnswer): UpstreamAnswer {
  if (typeof answer.body !== 'string') return answer;
  const body = new TextEncoder().encode(answer.body);
  const headers = { ...answer.headers, 'content-length': String(body.byteLength) };
  return { ...answer, headers, body };
}

/** The part of a path's first segment, which names the version, and what follows it. */
function splitVersion(call: UpstreamCall, path: string): [version: string, rest: string] {
  const { accept = '' } = call.headers;
  if (accept.startsWith(vendorType)) return [accept.slice(vendorType.length), path];
  const [, version = '', rest = ''] = /^\/*([^/]*)(.*)$/s.exec(path) ?? [];
  return [version, rest];
}

async function answer(service: Service, call: UpstreamCall): Promise<UpstreamAnswer> {
  const [path = '', ...search] = call.target.split('?');
  const origin = originOf(call);
  if (path === '/healthcheck') {
    return { status: 200, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: 'OK' };
  }
  if (call.method === 'OPTIONS') return { status: 200, headers: {}, body: null };
  const [version, rest] = splitVersion(call, path);
  if (version === 'versions') return versionDocument(origin, 200);
  if (!isServedVersion(version)) return versionDocument(origin, 300);
  const identity = identityByToken(service.identities, call.headers['x-auth-token'] ?? '');
  if (identity === undefined) return unauthorized(call);
  const requestId = requestIdOf(call);
  const marked = { 'x-openstack-request-id': requestId };
  if (rest === '') {
    const type = { 'content-type': 'text/plain; charset=utf8' };
    return { status: 302, headers: { ...type, location: `${origin}/v2/`, ...marked }, body: '' };
  }
  let result: UpstreamAnswer;
  try {
    result = await dispatch(service, call, rest, search.join('?'), identity, requestId);
  } catch (error) {
    if (error instanceof SenderFailure) throw error.cause;
    if (!(error instanceof Fault) && call.signal?.aborted === true) throw error;
    result = answerFor(error, call);
  }
  return { ...result, headers: { ...result.headers, ...marked } };
}

/** The whole of Glance's wire behaviour as a sender. Rejects only when the caller aborts or its body fails. */
export function createFront(service: Service): Send {
  return async (call) => {
    call.signal?.throwIfAborted();
    return withLength(await answer(service, call));
  };
}
