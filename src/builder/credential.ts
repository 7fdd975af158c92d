import { isFault } from '../core/fault.ts';
import type { Credentials, Login } from '../core/identity.ts';
import { isStream, type Send } from '../core/upstream.ts';
import { Trouble } from './trouble.ts';

/** The worker's own token; `fresh` asks for a new one, where there can be one. Throws {@link Trouble}. */
export type Credential = (fresh: boolean) => Promise<string>;

/** A token that somebody else looks after. */
export const fixedToken =
  (token: string): Credential =>
  async () =>
    token;

/** Tokens for a name and a password, renewed when one is refused. */
export const passwordCredential =
  (login: Login, credentials: Credentials): Credential =>
  async (fresh) => {
    const session = await login(credentials, fresh);
    if (isFault(session)) throw new Trouble(session);
    return session.token;
  };

/** Sends with the worker's token, and once more with a new one where the old is refused and nothing has been streamed. */
export const authorized =
  (send: Send, credential: Credential): Send =>
  async (call) => {
    const withToken = async (fresh: boolean) => {
      const token = await credential(fresh);
      return send({ ...call, headers: { ...call.headers, 'x-auth-token': token } });
    };
    const answer = await withToken(false);
    if (answer.status !== 401) return answer;
    if (!isStream(call.body)) return withToken(true);
    await credential(true);
    return answer;
  };
