import type { CallContext } from '../core/call.ts';
import type { Exchange } from '../core/exchange.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Caller, Credentials, Identities, Login } from '../core/identity.ts';
import type { HeaderLines, Reply } from '../core/reply.ts';
import { discard } from '../core/upstream.ts';
import type { DialectRequest, Route } from '../dialects/dialect.ts';
import { type ExecuteServices, execute } from '../glance/execute.ts';
import type { Forward } from '../glance/forward.ts';
import type { ReadCache } from '../glance/read-cache.ts';
import type { Observe } from './observe.ts';
import { requestIdOf } from './request-id.ts';
import type { Target } from './resolve.ts';
import type { LimitUpload } from './upload-limit.ts';
import { whole } from './whole.ts';

/** Everything a request can need; made once at start. */
export interface Services extends ExecuteServices {
  /** Trades passwords for tokens, where an Identity service is known; told the client's address, to limit guessing. */
  readonly login:
    | ((credentials: Credentials, address: string, fresh?: boolean) => ReturnType<Login>)
    | undefined;
  readonly clientAddress: (exchange: Exchange) => string;
  /** Said with 401 of the OpenStack dialects; as Glance says it when not configured. */
  readonly keystoneChallenge: string | undefined;
  readonly forward: Forward;
  /** To the Compute service, where one is configured. */
  readonly forwardToCompute?: Forward | undefined;
  readonly identities: Identities;
  readonly publicBase: (exchange: Exchange) => string;
  readonly observe: Observe;
  /** Answers of Glance that are used again, where that is wanted. */
  readonly readCache?: ReadCache | undefined;
  /** The most that may be uploaded, if there is a most. */
  readonly limitUpload?: LimitUpload | undefined;
  /** Whether an answer of unknown length that has begun can still be broken off. */
  readonly breaksAnswers: boolean;
  /** Told of what should not have happened; never holds a request's secrets. */
  readonly report: (error: unknown, requestId: string) => void;
}

class RequestContext implements CallContext {
  token: string | undefined;
  readonly requestId: string;
  /** Whose request it is, where that came to light. */
  project: string | undefined;
  upstreamCalls = 0;
  upstreamMs = 0;
  readonly #exchange: Exchange;
  readonly #readCache: ReadCache | undefined;

  constructor(exchange: Exchange, adopts: boolean, readCache: ReadCache | undefined) {
    this.#exchange = exchange;
    this.#readCache = readCache;
    this.token = exchange.header('x-auth-token');
    this.requestId = requestIdOf(adopts ? exchange.header('x-openstack-request-id') : undefined);
  }

  get signal(): AbortSignal {
    return this.#exchange.signal();
  }

  background: CallContext['background'] = (work) =>
    this.#exchange.background((signal) => work(signal).finally(() => this.#readCache?.clear()));

  gone = (): boolean => this.#exchange.gone();
}

class Request implements DialectRequest {
  readonly exchange: Exchange;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly base: string;
  readonly imageBase: string;
  readonly callersKnown: boolean;
  readonly #search: string;
  readonly #services: Services;
  readonly #context: RequestContext;
  #credentials: Credentials | undefined;
  #query: URLSearchParams | undefined;

  constructor(
    exchange: Exchange,
    target: Target,
    params: Record<string, string>,
    context: RequestContext,
    services: Services,
  ) {
    this.exchange = exchange;
    this.path = target.path;
    this.params = params;
    this.imageBase = services.publicBase(exchange);
    this.base = this.imageBase + target.prefix;
    this.callersKnown = services.identities.complete;
    this.#search = target.search;
    this.#context = context;
    this.#services = services;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search);
    return this.#query;
  }

  caller = async (): Promise<Caller | undefined | Fault> => {
    const { token } = this.#context;
    return token === undefined ? undefined : this.#services.identities.find(token);
  };

  signIn = (credentials: Credentials): Promise<Caller | Fault> => {
    this.#credentials = credentials;
    return this.#login(credentials, false);
  };

  /** Signs in once more after a token from before was refused; `false` when there was no password, or it is wrong now. */
  async signInAgain(): Promise<boolean> {
    return this.#credentials !== undefined && !isFault(await this.#login(this.#credentials, true));
  }

  async #login(credentials: Credentials, fresh: boolean): Promise<Caller | Fault> {
    const { login, clientAddress } = this.#services;
    if (!login) return fault('not-implemented', 'Passwords need an Identity service.');
    const session = await login(credentials, clientAddress(this.exchange), fresh);
    if (isFault(session)) return session;
    this.#context.token = session.token;
    this.#context.project = session.caller.projectId;
    return session.caller;
  }
}

async function answer(
  route: Route,
  request: Request,
  context: CallContext,
  target: Target,
  services: Services,
): Promise<Reply | Fault> {
  if ('answer' in route) {
    return route.answer(request, {
      versions: () => services.glance.versions(context),
      forward: (instead) =>
        services.forward(
          request.exchange,
          target.path + target.search,
          context,
          request.base,
          instead,
        ),
      forwardToCompute:
        services.forwardToCompute &&
        (() =>
          services.forwardToCompute?.(
            request.exchange,
            target.raw + target.search,
            context,
            request.base,
          ) ?? Promise.resolve(fault('not-found'))),
    });
  }
  const decoded = route.decode(request);
  const operation = decoded instanceof Promise ? await decoded : decoded;
  if (isFault(operation)) return operation;
  let outcome = await execute(services, context, operation);
  // a token that was kept may have been withdrawn since
  if (isFault(outcome) && outcome.kind === 'unauthorized' && (await request.signInAgain())) {
    outcome = await execute(services, context, operation);
  }
  if (isFault(outcome)) return route.explain?.(outcome, request) ?? outcome;
  const encoded = route.encode(outcome, request, operation);
  if (outcome.kind !== 'image-pages' || services.breaksAnswers) return encoded;
  // what cannot break off must not begin before its end is sure
  const reply = await encoded;
  return isFault(reply) ? reply : whole(reply);
}

/** A passed-through 401 names the configured Identity service too. */
function challengedReply(reply: Reply, { keystoneChallenge }: Services): Reply {
  if (reply.status !== 401 || keystoneChallenge === undefined) return reply;
  const headers = reply.headers.map(([name, value]) =>
    name.toLowerCase() === 'www-authenticate' && value.startsWith('Keystone')
      ? ([name, keystoneChallenge] as const)
      : ([name, value] as const),
  );
  return { ...reply, headers };
}

/** A 401 names the configured Identity service, whatever Glance says; a dialect's own challenge stays. */
function challenged(failed: Fault, { keystoneChallenge }: Services): Fault {
  if (failed.kind !== 'unauthorized' || keystoneChallenge === undefined) return failed;
  const { authenticate } = failed.detail;
  if (authenticate !== undefined && !authenticate.startsWith('Keystone')) return failed;
  return fault('unauthorized', failed.message, {
    ...failed.detail,
    authenticate: keystoneChallenge,
  });
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A document that is kept here is nobody else's to keep. */
function withPrivacy(headers: HeaderLines): HeaderLines {
  if (headers.some(([name]) => name.toLowerCase() === 'cache-control')) return headers;
  return [...headers, ['Cache-Control', 'private']];
}

const usualRequestIds = { headers: ['X-Openstack-Request-Id'], adopt: true } as const;

/** Answers one request on one route: decode, execute, encode, write, observe. The only place where any of these meet. */
export async function serve(
  exchange: Exchange,
  target: Target,
  route: Route | Fault,
  params: Record<string, string>,
  services: Services,
): Promise<Response> {
  const start = performance.now();
  const { dialect } = target;
  const ids = dialect.requestIds ?? usualRequestIds;
  const { readCache } = services;
  const writes = !safeMethods.has(exchange.method);
  // what a write reads itself must be as things are
  if (writes) readCache?.clear();
  const context = new RequestContext(exchange, ids.adopt, readCache);
  let result: Reply | Fault;
  try {
    // what was refused may have no base for links
    result = isFault(route)
      ? route
      : await answer(
          route,
          new Request(exchange, target, params, context, services),
          context,
          target,
          services,
        );
  } catch (error) {
    // what a client that has left breaks off is no error of ours
    if (!exchange.gone()) services.report(error, context.requestId);
    result = fault('internal');
  }
  // and what others have read meanwhile may be how things were
  if (writes) readCache?.clear();
  const broken = exchange.body.broken?.();
  if (broken) {
    if (!isFault(result)) discard(result.body);
    result = broken;
  }
  const reply = isFault(result)
    ? dialect.renderFault(challenged(result, services), exchange)
    : challengedReply(result, services);
  // a passed-through answer has Glance's own id
  const named =
    !isFault(route) &&
    'answer' in route &&
    reply.headers.some(([name]) => name.toLowerCase() === 'x-openstack-request-id');
  const lines = ids.headers.map((name) => [name, context.requestId] as const);
  const own = readCache && !writes ? withPrivacy(reply.headers) : reply.headers;
  const headers = named ? own : [...own, ...lines];
  return exchange.respond({ ...reply, headers }, (sent) => {
    services.observe({
      dialect: dialect.name,
      operation: isFault(route) ? 'none' : route.operation,
      status: reply.status,
      exchange,
      context,
      ms: performance.now() - start,
      sent,
      project:
        context.project ?? (context.token && services.identities.peek(context.token)?.projectId),
    });
  });
}
