import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Caller, Credentials, Identities, Login } from '../core/identity.ts';
import { parseJson } from '../core/json.ts';
import type { Send, UpstreamAnswer } from '../core/upstream.ts';
import { faultOf, faultOfFailure, textOf } from '../glance/answer.ts';
import { KeyedCache } from '../glance/keyed-cache.ts';

/** How long an answer of the Identity service may be believed, in milliseconds; never longer than the token lives. */
export interface KeystoneOptions {
  readonly keepFor: number;
  /** Domain of users and projects that are given by name. */
  readonly domain: string;
  /** Whether equal questions at the same time may be asked once. */
  readonly joins?: boolean;
}

/** A token that a password gave, and whose it is. */
interface Session {
  readonly token: string;
  readonly caller: Caller;
}

interface TokenDocument {
  readonly caller: Caller;
  /** Milliseconds left. */
  readonly life: number;
}

function text(value: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const name of path) at = (at as Record<string, unknown> | undefined | null)?.[name];
  return typeof at === 'string' ? at : undefined;
}

/**
 * Reads `{"token": {…}}`; `undefined` for a token without a project, which no image call can use. Throws the fault
 * `upstream-broken` for what is no token.
 */
function readToken(document: unknown): TokenDocument | undefined {
  const token = (document as { token?: Record<string, unknown> } | null | undefined)?.token;
  const [userId, userName] = [text(token, 'user', 'id'), text(token, 'user', 'name')];
  const [projectId, projectName] = [text(token, 'project', 'id'), text(token, 'project', 'name')];
  const expires = Date.parse(text(token, 'expires_at') ?? '');
  if (userId === undefined || Number.isNaN(expires)) throw fault('upstream-broken');
  if (projectId === undefined) return undefined;
  const list = Array.isArray(token?.['roles']) ? token['roles'] : [];
  const roles = list.flatMap((role: unknown) => text(role, 'name') ?? []);
  return {
    caller: {
      userId,
      userName: userName ?? userId,
      projectId,
      projectName: projectName ?? projectId,
      roles,
    },
    life: expires - Date.now(),
  };
}

/** The fault for a status that the request does not have; below 400 it is no answer to it. */
async function unexpected(answer: UpstreamAnswer): Promise<Fault> {
  return answer.status < 400 ? fault('upstream-broken') : faultOf(answer);
}

const passwordRequest = ({ user, password, project }: Credentials, domain: string) => ({
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name: user, domain: { name: domain }, password } },
    },
    ...(project !== undefined && {
      scope: { project: { name: project, domain: { name: domain } } },
    }),
  },
});

/** Identity v3: whose a token is, and tokens for passwords. `send` reaches the service's root or its `/v3`. */
export function createKeystone(
  send: Send,
  options: KeystoneOptions,
): { identities: Identities; login: Login } {
  const tokens = new KeyedCache<Caller>(options);
  const sessions = new KeyedCache<Session>(options);
  const lifeOf = (document: TokenDocument): number => Math.min(document.life, options.keepFor);

  const ask = async (token: string) => {
    const answer: UpstreamAnswer = await send({
      method: 'GET',
      target: '/v3/auth/tokens?nocatalog',
      headers: { accept: 'application/json', 'x-auth-token': token, 'x-subject-token': token },
    });
    if (answer.status === 401 || answer.status === 404) return undefined;
    if (answer.status !== 200) throw await unexpected(answer);
    const document = readToken(parseJson(await textOf(answer)));
    return document && { value: document.caller, life: lifeOf(document) };
  };

  const openSession = async (credentials: Credentials) => {
    const answer = await send({
      method: 'POST',
      target: '/v3/auth/tokens?nocatalog',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(passwordRequest(credentials, options.domain)),
    });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return undefined;
    if (answer.status !== 201) throw await unexpected(answer);
    const token = answer.headers['x-subject-token'];
    const document = readToken(parseJson(await textOf(answer)));
    if (token === undefined) throw fault('upstream-broken');
    if (!document) return undefined;
    return { value: { token, caller: document.caller }, life: lifeOf(document) };
  };

  /** What a question came to; faults are thrown past the cache, so that none is kept. */
  const settled = async <T>(question: Promise<T>): Promise<T | Fault> => {
    try {
      return await question;
    } catch (error) {
      return isFault(error) ? error : faultOfFailure(error);
    }
  };

  return {
    identities: {
      complete: true,
      peek: (token) => tokens.peek(token),
      find: (token) => settled(tokens.find([token], () => ask(token))),
    },
    login: async (credentials, fresh) => {
      const { user, password, project = '' } = credentials;
      const secret = [user, project, password];
      if (fresh) sessions.drop(...secret);
      const session = await settled(sessions.find(secret, () => openSession(credentials)));
      return session ?? fault('unauthorized', 'The credentials were refused.');
    },
  };
}
