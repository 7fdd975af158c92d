import { statuses } from '../../../mappings/glance-v1.ts';
import type { Exchange } from '../../core/exchange.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Image } from '../../core/image.ts';
import type { Operation } from '../../core/operation.ts';
import type { Dialect, DialectRequest, Route } from '../dialect.ts';
import { renderErrorPage } from '../error-page.ts';
import { decodeCreate } from './create.ts';
import { readListQuery } from './list-query.ts';
import { decodeAddMember, decodeReplaceMembers } from './members.ts';
import * as replies from './replies.ts';
import { decodeUpdate } from './update.ts';

const dataOf = new Map<string, string>(statuses.map((row) => [row.v2, row.data]));

async function decodeList({
  query,
  caller,
  callersKnown,
}: DialectRequest): Promise<Operation | Fault> {
  const known = callersKnown ? await caller() : undefined;
  if (isFault(known)) return known;
  const selection = readListQuery(query, known);
  return isFault(selection) ? selection : { kind: 'list-images', selection };
}

/** v1 took a marker that cannot be seen for a bad one. */
function explainList(failed: Fault, { query }: DialectRequest): Fault {
  const unseen = failed.kind === 'forbidden' || failed.kind === 'not-found';
  return unseen && query.has('marker') ? fault('bad-request', 'Invalid marker.') : failed;
}

function allowDownload({ base }: Image): Fault | undefined {
  switch (dataOf.get(base.status)) {
    case 'yes':
      return undefined;
    case 'refused':
      return fault('forbidden', `Image ${base.id} is ${base.status}.`);
    default:
      return fault('not-found', `No data for image ${base.id}.`);
  }
}

const idOf = ({ params }: DialectRequest): string => params['id'] ?? '';

const routes: readonly Route[] = [
  {
    operation: 'list',
    method: 'GET',
    path: '/',
    decode: decodeList,
    encode: replies.encodeBrief,
    explain: explainList,
  },
  {
    operation: 'redirect',
    method: 'GET',
    path: '',
    answer: ({ base }) => ({ status: 302, headers: [['Location', `${base}/v1/`]], body: '' }),
  },
  {
    operation: 'list',
    method: 'GET',
    path: '/images',
    decode: decodeList,
    encode: replies.encodeBrief,
    explain: explainList,
  },
  {
    operation: 'create',
    method: 'POST',
    path: '/images',
    decode: decodeCreate,
    encode: replies.encodeCreated,
  },
  {
    operation: 'list-detail',
    method: 'GET',
    path: '/images/detail',
    decode: decodeList,
    encode: replies.encodeDetail,
    explain: explainList,
  },
  {
    operation: 'show',
    method: 'HEAD',
    path: '/images/:id',
    decode: (request) => ({ kind: 'show-image', id: idOf(request) }),
    encode: replies.encodeHead,
  },
  {
    operation: 'download',
    method: 'GET',
    path: '/images/:id',
    decode: (request) => ({ kind: 'download-image', id: idOf(request), allow: allowDownload }),
    encode: replies.encodeData,
  },
  {
    operation: 'update',
    method: 'PUT',
    path: '/images/:id',
    decode: decodeUpdate,
    encode: replies.encodeUpdated,
  },
  {
    operation: 'delete',
    method: 'DELETE',
    path: '/images/:id',
    decode: (request) => ({ kind: 'delete-image', id: idOf(request) }),
    encode: replies.encodeDeleted,
  },
  {
    operation: 'list-members',
    method: 'GET',
    path: '/images/:id/members',
    decode: (request) => ({ kind: 'list-members', id: idOf(request) }),
    encode: replies.encodeMembers,
  },
  {
    operation: 'replace-members',
    method: 'PUT',
    path: '/images/:id/members',
    decode: decodeReplaceMembers,
    encode: replies.encodeNothing,
  },
  {
    operation: 'add-member',
    method: 'PUT',
    path: '/images/:id/members/:member',
    decode: decodeAddMember,
    encode: replies.encodeNothing,
  },
  {
    operation: 'remove-member',
    method: 'DELETE',
    path: '/images/:id/members/:member',
    decode: (request) => {
      const { id = '', member = '' } = request.params;
      return { kind: 'remove-member', id, member };
    },
    encode: replies.encodeNothing,
  },
  {
    operation: 'list-shared',
    method: 'GET',
    path: '/shared-images/:member',
    decode: ({ params }) => ({ kind: 'list-shared', member: params['member'] ?? '' }),
    encode: replies.encodeShared,
  },
];

/** Version segments that old catalogue URLs carry in front, the last of them being v1's. */
const versioned = /^(?:\/+(?:v1(?:\.[01])?|v2(?:\.\d+)?))*\/+v1(?:\.[01])?(\/.*)?$/;
const v2Next = /^\/+v2(?:\.\d+)?(?:\/|$)/;
const byAccept = /(?:^|,)\s*application\/vnd\.openstack\.images-v1(?:\.[01])?\s*(?:[;,]|$)/;

/** Paths of v1: with its version anywhere among leading version segments, or without one where `Accept` asks for v1. */
function claim(path: string, exchange: Exchange): string | undefined {
  if (path.startsWith('/v1/images')) return path.slice(3);
  const found = versioned.exec(path);
  const rest = found?.[1] ?? '';
  // a v2 client behind a catalogue URL that ends in /v1
  if (found) return v2Next.test(rest) ? undefined : rest.replace(/^\/+(?=.)/, '/');
  return byAccept.test(exchange.header('accept') ?? '') ? path : undefined;
}

export const glanceV1: Dialect = {
  name: 'glance-v1',
  listener: 'glance',
  prefix: '/image',
  claim,
  routes,
  renderFault: renderErrorPage,
};
