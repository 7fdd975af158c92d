import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Credentials } from '../../core/identity.ts';
import type { DialectRequest } from '../dialect.ts';
import { challenge } from './render-fault.ts';

const unauthorized = (): Fault =>
  fault('unauthorized', 'Unauthorized', { authenticate: challenge });
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** `user+project:password` in Base64; the password is everything behind the first colon. `undefined` for what is none. */
export function readBasic(header: string): Credentials | undefined {
  const encoded = /^basic\s+([A-Za-z0-9+/]+={0,2})\s*$/i.exec(header)?.[1];
  if (encoded === undefined || encoded.length % 4 === 1) return undefined;
  let text: string;
  try {
    text = utf8.decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(':');
  const [user = '', project = '', ...more] = text.slice(0, colon).split('+');
  if (colon < 0 || user === '' || project === '' || more.length > 0) return undefined;
  return { user, project, password: text.slice(colon + 1) };
}

/** The name that a caller's images are shown to belong to. Faults: `unauthorized`, with a challenge when nothing usable was given. */
export async function signIn(request: DialectRequest): Promise<string | Fault> {
  const { exchange } = request;
  const header = exchange.header('authorization');
  if (header === undefined || !/^basic(?:\s|$)/i.test(header)) {
    if (exchange.header('x-auth-token') === undefined) return unauthorized();
    const caller = await request.caller();
    if (isFault(caller)) return caller;
    if (!caller && request.callersKnown) return unauthorized();
    return caller?.userName ?? '';
  }
  const credentials = readBasic(header);
  if (!credentials) return unauthorized();
  const caller = await request.signIn(credentials);
  return isFault(caller) ? caller : caller.userName;
}
