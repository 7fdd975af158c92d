import { operations } from '../../../mappings/deltacloud.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import { finished } from '../../core/finished.ts';
import type { Image } from '../../core/image.ts';
import { expectKind, type Operation, type Outcome } from '../../core/operation.ts';
import type { Reply } from '../../core/reply.ts';
import type { Dialect, DialectRequest, Route } from '../dialect.ts';
import { type Format, formatOf } from './format.ts';
import { readParameters } from './parameters.ts';
import { missingInstance, renderFault } from './render-fault.ts';
import { bare, document, note } from './reply.ts';
import { signIn } from './sign-in.ts';
import { architectureOf, entryDocument, imageDocument, imagesDocument, viewOf } from './view.ts';

const idOf = ({ params }: DialectRequest): string => params['id'] ?? '';
const formatFor = ({ exchange }: DialectRequest): Format => formatOf(exchange) ?? 'xml';
const owners = new WeakMap<DialectRequest, string>();

/** Format first, credentials second, then the operation: in that order an old client expects its errors. */
function signedIn(
  read: (request: DialectRequest, owner: string) => Operation | Fault | Promise<Operation | Fault>,
) {
  return async (request: DialectRequest): Promise<Operation | Fault> => {
    if (!formatOf(request.exchange)) return fault('not-acceptable');
    const owner = await signIn(request);
    if (isFault(owner)) return owner;
    owners.set(request, owner);
    return read(request, owner);
  };
}

const ownerFor = (request: DialectRequest): string => owners.get(request) ?? '';

const listReply = finished(
  (images: readonly Image[], base: string, owner: string, format: Format): Reply => {
    const views = images.map((image) => viewOf(image, base, owner));
    return document(200, format, imagesDocument(views, base, format));
  },
);

const showReply = finished(
  (image: Image, base: string, owner: string, format: Format, status: 200 | 201): Reply => {
    const view = viewOf(image, base, owner);
    const lines = status === 201 ? ([['Location', view.href]] as const) : [];
    return document(status, format, imageDocument(view, base, format), lines);
  },
);

function encodeList(images: readonly Image[], request: DialectRequest): Reply {
  return listReply(images, request.base, ownerFor(request), formatFor(request));
}

function encodeImage(outcome: Outcome, request: DialectRequest, status: 200 | 201): Reply {
  const { image } = expectKind(outcome, 'image');
  return showReply(image, request.base, ownerFor(request), formatFor(request), status);
}

/** Every image belongs to the caller, as far as the API tells; `self` is the same. */
function isOwner(query: URLSearchParams, owner: string): boolean {
  const wanted = query.get('owner_id');
  return wanted === null || wanted === owner || wanted === 'self';
}

/** The images of a list; one that was asked for by id is sifted here. */
function chosen(outcome: Outcome, request: DialectRequest): readonly Image[] {
  if (outcome.kind === 'images') return outcome.images;
  const { image } = expectKind(outcome, 'image');
  const { query } = request;
  const architecture = query.get('architecture');
  const fits = architecture === null || architectureOf(image) === architecture;
  return fits && isOwner(query, ownerFor(request)) ? [image] : [];
}

function decodeList({ query }: DialectRequest, owner: string): Operation {
  const id = query.get('id');
  if (id !== null) return { kind: 'show-image', id };
  const architecture = query.get('architecture');
  return {
    kind: 'list-images',
    selection: {
      ask: [],
      keep: architecture === null ? undefined : (image) => architectureOf(image) === architecture,
      sort: 'created_at:desc,id:desc',
      limit: isOwner(query, owner) ? undefined : 0,
    },
  };
}

async function decodeCreate(request: DialectRequest): Promise<Operation | Fault> {
  const given = await readParameters(request);
  if (isFault(given)) return given;
  const server = given.get('instance_id');
  if (!server) return fault('bad-request', missingInstance(given));
  return { kind: 'snapshot-server', server, name: given.get('name') };
}

function encodeDeleted(_: Outcome, request: DialectRequest): Reply {
  if (formatFor(request) !== 'html') return bare(204);
  return bare(303, [['Location', `${request.base}/api/images`]]);
}

const show = {
  operation: 'show',
  path: '/api/images/:id',
  decode: signedIn((request) => ({ kind: 'show-image', id: idOf(request) })),
  encode: (outcome: Outcome, request: DialectRequest) => encodeImage(outcome, request, 200),
};

const list = {
  operation: 'list',
  path: '/api/images',
  decode: signedIn(decodeList),
  encode: (outcome: Outcome, request: DialectRequest) =>
    encodeList(chosen(outcome, request), request),
  explain: (failed: Fault, request: DialectRequest) =>
    // an id that is not there is an empty list
    failed.kind === 'not-found' && request.query.has('id') ? encodeList([], request) : failed,
};

async function entry(request: DialectRequest): Promise<Reply | Fault> {
  const format = formatOf(request.exchange);
  if (!format) return fault('not-acceptable');
  const owner = await signIn(request);
  return isFault(owner) ? owner : document(200, format, entryDocument(request.base, format));
}

const routes: readonly Route[] = [
  ...['/api', '/api/'].flatMap((path) =>
    ['GET', 'HEAD'].map((method) => ({ operation: 'entry', method, path, answer: entry })),
  ),
  ...['GET', 'HEAD'].map((method) => ({ ...list, method })),
  {
    operation: 'create',
    method: 'POST',
    path: '/api/images',
    decode: signedIn(decodeCreate),
    encode: (outcome, request) => encodeImage(outcome, request, 201),
  },
  {
    operation: 'options',
    method: 'OPTIONS',
    path: '/api/images',
    answer: () => bare(200, [['Allow', 'OPTIONS,GET,POST,DELETE']]),
  },
  ...['GET', 'HEAD'].map((method) => ({ ...show, method })),
  {
    operation: 'delete',
    method: 'DELETE',
    path: '/api/images/:id',
    decode: signedIn((request) => ({ kind: 'delete-image', id: idOf(request) })),
    encode: encodeDeleted,
  },
  {
    operation: 'delete',
    method: 'POST',
    path: '/api/images/:id',
    decode: signedIn(async (request) => {
      const given = await readParameters(request);
      if (isFault(given)) return given;
      const deletes = given.get('_method')?.toLowerCase() === 'delete';
      return deletes ? { kind: 'delete-image', id: idOf(request) } : fault('method-not-allowed');
    }),
    encode: encodeDeleted,
  },
  {
    operation: 'options',
    method: 'OPTIONS',
    path: '/api/images/:id',
    answer: (request) => {
      const known = operations.find(({ name }) => name === idOf(request));
      return known ? bare(200, [['Allow', known.parameters.join(',')]]) : note(404, 'Not Found');
    },
  },
  { operation: 'unknown', method: '*', path: '*', answer: () => note(404, 'Not Found') },
];

/** `/api` and what is below it, matrix parameters taken off every segment. */
function claim(path: string, _: unknown, alone: boolean): string | undefined {
  const plain = path.includes(';') ? path.replace(/;[^/]*/g, '') : path;
  return alone || plain === '/api' || plain.startsWith('/api/') ? plain : undefined;
}

/** Apache Deltacloud's image collection, as its OpenStack driver served it. */
export const deltacloud: Dialect = {
  name: 'deltacloud',
  listener: 'deltacloud',
  prefix: '/deltacloud',
  claim,
  routes,
  renderFault,
};
