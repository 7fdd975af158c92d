import { metadataRules, microversions } from '../../../mappings/nova.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { DialectRequest } from '../dialect.ts';
import { type NovaSettings, negotiate } from './microversion.ts';
import { isLegacy } from './place.ts';
import { bodyTooLarge } from './render-fault.ts';

/** Which of the two parts of the proxy an endpoint belongs to; they ended at different versions. */
export type Part = 'images' | 'metadata';

const jsonTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/vnd.openstack.compute+json',
  'text/plain',
]);

function checkVersion({ exchange }: DialectRequest, settings: NovaSettings): number | Fault {
  if (isLegacy(exchange.target)) return microversions.lowest;
  const version = negotiate(exchange, settings);
  if (isFault(version)) return version;
  return version.latest && settings.beyond ? microversions.lowest : version.minor;
}

function checkType({ exchange }: DialectRequest): Fault | undefined {
  const type = (exchange.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (!type || jsonTypes.has(type)) return undefined;
  return fault('unsupported-media', 'Unsupported Content-Type');
}

const carriesBody: ReadonlySet<string> = new Set(['POST', 'PUT']);

async function readBody({ exchange }: DialectRequest): Promise<unknown | Fault> {
  if (!exchange.body.announced || !carriesBody.has(exchange.method)) return undefined;
  const text = await exchange.body.text(metadataRules.mostBytes);
  if (isFault(text)) return text.kind === 'too-large' ? fault('too-large', bodyTooLarge) : text;
  try {
    return JSON.parse(text);
  } catch {
    return fault('bad-request', 'Malformed request body');
  }
}

async function checkProject({ params, caller }: DialectRequest): Promise<Fault | undefined> {
  const { project } = params;
  if (project === undefined) return undefined;
  const known = await caller();
  if (isFault(known)) return known;
  const projectId = known?.projectId;
  if (projectId === undefined || projectId === project) return undefined;
  return fault(
    'bad-request',
    `Malformed request URL: URL's project_id '${project}' doesn't match Context's project_id '${projectId}'`,
  );
}

function cutOff(minor: number, part: Part): Fault | undefined {
  const goneFrom =
    part === 'images' ? microversions.imagesGoneFrom : microversions.metadataGoneFrom;
  return minor >= goneFrom ? fault('not-found') : undefined;
}

/** In Nova's order: version, content type, JSON, project in the path, version that ends the endpoint. */
async function checkAll(
  request: DialectRequest,
  part: Part,
  settings: NovaSettings,
): Promise<unknown | Fault> {
  const minor = checkVersion(request, settings);
  if (isFault(minor)) return minor;
  const wrongType = checkType(request);
  if (wrongType) return wrongType;
  const body = await readBody(request);
  if (isFault(body)) return body;
  return (await checkProject(request)) ?? cutOff(minor, part) ?? body;
}

/**
 * Everything that Nova looks at before an endpoint's own work; the body as JSON when all is well. The token comes
 * first in Nova: where it can be judged here, a refusal of anything else waits for it.
 */
export async function checkRequest(
  request: DialectRequest,
  part: Part,
  settings: NovaSettings,
): Promise<unknown | Fault> {
  // the limit stands before everything else
  if ((request.exchange.body.length ?? 0) > metadataRules.mostBytes) {
    return fault('too-large', bodyTooLarge);
  }
  if (request.exchange.header('x-auth-token') === undefined) return noToken(request);
  const checked = await checkAll(request, part, settings);
  return isFault(checked) ? afterToken(request, checked) : checked;
}

/** Clients look for a challenge even where nobody has told which Identity service there is. */
const noToken = ({ imageBase }: DialectRequest): Fault =>
  fault('unauthorized', undefined, { authenticate: `Keystone uri="${imageBase}"` });

/** What only the token is needed for. Fault: `unauthorized` when there is none, or it is known to be none. */
export async function checkToken(request: DialectRequest): Promise<Fault | undefined> {
  if (request.exchange.header('x-auth-token') === undefined) return noToken(request);
  if (!request.callersKnown) return undefined;
  const caller = await request.caller();
  if (isFault(caller)) return caller;
  return caller ? undefined : noToken(request);
}

/** The minor version in which `GET /limits` is answered. */
export async function checkLimits(
  request: DialectRequest,
  settings: NovaSettings,
): Promise<number | Fault> {
  const refused = await checkToken(request);
  if (refused) return refused;
  const minor = checkVersion(request, settings);
  if (isFault(minor)) return minor;
  return (await checkProject(request)) ?? minor;
}

/** The fault to tell: that of the token, if it is known to be none, else the given one. */
export async function afterToken(request: DialectRequest, other: Fault): Promise<Fault> {
  return (await checkToken(request)) ?? other;
}
