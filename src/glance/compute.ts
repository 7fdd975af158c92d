import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Send, UpstreamAnswer } from '../core/upstream.ts';
import { faultOf, faultOfFailure, parseJson, textOf } from './answer.ts';

/** The little that is asked of Nova: a server's name, and a snapshot of it, with the caller's own token. */
export class ComputeClient {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  async #exchange(
    context: CallContext,
    method: string,
    path: string,
    body?: string,
  ): Promise<UpstreamAnswer | Fault> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (context.token !== undefined) headers['x-auth-token'] = context.token;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const start = performance.now();
    context.upstreamCalls += 1;
    try {
      const target = `/v2.1/servers/${path}`;
      const answer = await this.#send({ method, target, headers, body: body ?? null });
      if (answer.status >= 400) return await faultOf(answer);
      return answer.status >= 300 ? fault('upstream-broken') : answer;
    } catch (error) {
      return faultOfFailure(error);
    } finally {
      context.upstreamMs += performance.now() - start;
    }
  }

  /** A server's name. Fault: `not-found` for an unknown one. */
  async serverName(context: CallContext, server: string): Promise<string | Fault> {
    const answer = await this.#exchange(context, 'GET', encodeURIComponent(server));
    if (isFault(answer)) return answer;
    const document = parseJson(await textOf(answer)) as { server?: { name?: unknown } } | undefined;
    const name = document?.server?.name;
    return typeof name === 'string' ? name : fault('upstream-broken');
  }

  /** Nova's `createImage` action: the id of the image that a snapshot goes to (API reference, servers/{id}/action). */
  async createImage(context: CallContext, server: string, name: string): Promise<string | Fault> {
    const path = `${encodeURIComponent(server)}/action`;
    const answer = await this.#exchange(
      context,
      'POST',
      path,
      JSON.stringify({ createImage: { name } }),
    );
    if (isFault(answer)) return answer;
    const id = /\/images\/([0-9a-f-]{36})$/i.exec(answer.headers['location'] ?? '')?.[1];
    return id ?? fault('upstream-broken');
  }
}
