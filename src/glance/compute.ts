import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import { parseJson } from '../core/json.ts';
import type { Send, UpstreamAnswer } from '../core/upstream.ts';
import { faultOf, faultOfFailure, textOf } from './answer.ts';
import {
  type Flavor,
  membersOf,
  readFlavor,
  readServer,
  type Server,
  type ServerDraft,
  serverDocument,
} from './compute-documents.ts';

interface Request {
  readonly method: string;
  /** Below `/v2.1/`. */
  readonly path: string;
  readonly document?: unknown;
  readonly microversion?: string;
}

/** Its sentence speaks of the Image service. */
const ofCompute = ({ kind, message, detail }: Fault): Fault =>
  fault(kind, message.replace('The Image service', 'The Compute service'), detail);

const unusable = (): Fault => ofCompute(fault('upstream-broken'));
const serverPath = (server: string): string => `servers/${encodeURIComponent(server)}`;

/** Where a server may do without a network. */
export const serverMicroversion = '2.37';

/** Typed calls to Nova: servers, and snapshots of them. */
export class ComputeClient {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  async #exchange(
    context: CallContext,
    { method, path, document, microversion }: Request,
  ): Promise<UpstreamAnswer | Fault> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (context.token !== undefined) headers['x-auth-token'] = context.token;
    if (document !== undefined) headers['content-type'] = 'application/json';
    if (microversion !== undefined) headers['openstack-api-version'] = `compute ${microversion}`;
    const body = document === undefined ? null : JSON.stringify(document);
    const start = performance.now();
    context.upstreamCalls += 1;
    try {
      const answer = await this.#send({ method, target: `/v2.1/${path}`, headers, body });
      if (answer.status >= 400) return ofCompute(await faultOf(answer));
      return answer.status >= 300 ? unusable() : answer;
    } catch (error) {
      return ofCompute(faultOfFailure(error));
    } finally {
      context.upstreamMs += performance.now() - start;
    }
  }

  async #json(
    context: CallContext,
    request: Request,
  ): Promise<Readonly<Record<string, unknown>> | Fault> {
    const answer = await this.#exchange(context, request);
    return isFault(answer) ? answer : membersOf(parseJson(await textOf(answer)));
  }

  /** The highest microversion that Nova speaks. */
  async microversion(context: CallContext): Promise<string | Fault> {
    const document = await this.#json(context, { method: 'GET', path: '' });
    if (isFault(document)) return document;
    const { version } = membersOf(document['version']);
    return typeof version === 'string' ? version : unusable();
  }

  /** A flavor by its id. Fault: `not-found` for an unknown one. */
  async flavor(context: CallContext, id: string): Promise<Flavor | Fault> {
    const path = `flavors/${encodeURIComponent(id)}`;
    const document = await this.#json(context, { method: 'GET', path });
    return isFault(document) ? document : (readFlavor(document['flavor']) ?? unusable());
  }

  /** Boots a server and answers its id. Not aborted when nobody wants it any more: a lost answer would lose the server. */
  async createServer(context: CallContext, draft: ServerDraft): Promise<string | Fault> {
    const document = await this.#json(context, {
      method: 'POST',
      path: 'servers',
      document: serverDocument(draft),
      microversion: serverMicroversion,
    });
    if (isFault(document)) return document;
    const { id } = membersOf(document['server']);
    return typeof id === 'string' ? id : unusable();
  }

  /** A server. Fault: `not-found` for an unknown one. */
  async showServer(context: CallContext, server: string): Promise<Server | Fault> {
    const document = await this.#json(context, { method: 'GET', path: serverPath(server) });
    return isFault(document) ? document : (readServer(document['server']) ?? unusable());
  }

  /** The project's servers whose names match a regular expression; at most as many as Nova lists at once. */
  async servers(context: CallContext, name: string): Promise<readonly Server[] | Fault> {
    const path = `servers/detail?${new URLSearchParams({ name })}`;
    const document = await this.#json(context, { method: 'GET', path });
    if (isFault(document)) return document;
    const { servers } = document;
    return Array.isArray(servers) ? servers.flatMap((each) => readServer(each) ?? []) : unusable();
  }

  /** Asks for a server's end, which comes later. Fault: `not-found` for an unknown one. */
  async deleteServer(context: CallContext, server: string): Promise<undefined | Fault> {
    const answer = await this.#exchange(context, { method: 'DELETE', path: serverPath(server) });
    return isFault(answer) ? answer : undefined;
  }

  /** Nova's `createImage` action: the id of the image that a snapshot goes to (API reference, servers/{id}/action). */
  async createImage(
    context: CallContext,
    server: string,
    name: string,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<string | Fault> {
    const answer = await this.#exchange(context, {
      method: 'POST',
      path: `${serverPath(server)}/action`,
      document: { createImage: { name, ...(metadata && { metadata }) } },
    });
    if (isFault(answer)) return answer;
    // told in the body only from microversion 2.45
    const id = /\/images\/([0-9a-f-]{36})$/i.exec(answer.headers['location'] ?? '')?.[1];
    return id ?? unusable();
  }
}
