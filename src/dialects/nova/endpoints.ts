import { metadataRules, microversions } from '../../../mappings/nova.ts';
import { type Fault, fault, isFault } from '../../core/fault.ts';
import { finished } from '../../core/finished.ts';
import type { Image } from '../../core/image.ts';
import { type Change, expectKind, type Operation, type Outcome } from '../../core/operation.ts';
import type { Reply } from '../../core/reply.ts';
import type { DialectRequest, TranslatedRoute } from '../dialect.ts';
import { buildDraft } from './build/draft.ts';
import { readBuildRequest } from './build/spec.ts';
import { buildView, type MayReadScript, scriptReader } from './build/view.ts';
import { afterToken, checkRequest, type Part } from './checks.ts';
import { nextQuery, readListQuery } from './list-query.ts';
import {
  type Items,
  limitExceeded,
  mergeItems,
  readItems,
  removeItem,
  replaceItems,
} from './metadata.ts';
import type { NovaSettings } from './microversion.ts';
import { isLegacy, placeOf } from './place.ts';
import { jsonType, versionLines } from './render-fault.ts';
import { briefView, fullView, type LinkBases, linkBases, metadataOf, shownItem } from './view.ts';

/** An endpoint without its path: what it asks for and how it answers. */
export interface Endpoint extends TranslatedRoute {
  readonly operation: string;
  readonly method: string;
  readonly suffix: string;
}

/** `detail` is an id like any other where it is no list. */
const idOf = ({ params }: DialectRequest): string => params['id'] ?? 'detail';
const keyOf = ({ params }: DialectRequest): string => params['key'] ?? '';
const notFound = (): Fault => fault('not-found', 'Image not found.');

const imageOf = (outcome: Outcome): Image => expectKind(outcome, 'image').image;

/** The endpoints of the proxy, in one operator's settings. */
export function createEndpoints(settings: NovaSettings): readonly Endpoint[] {
  const written = ({ exchange }: DialectRequest, status: number, body: string): Reply => ({
    status,
    headers: [['Content-Type', jsonType(exchange)], ...versionLines(exchange, settings)],
    body,
  });
  const answer = (request: DialectRequest, status: number, content: unknown): Reply =>
    written(request, status, JSON.stringify(content));
  const nothing = (_: Outcome, request: DialectRequest): Reply => written(request, 204, '');
  const bases = (request: DialectRequest) =>
    linkBases(request.base, request.imageBase, placeOf(request));

  /** Runs the checks, then the endpoint's own reading of the request. */
  const checked =
    (part: Part, read: (request: DialectRequest, body: unknown) => Operation | Fault) =>
    async (request: DialectRequest): Promise<Operation | Fault> => {
      const body = await checkRequest(request, part, settings);
      if (isFault(body)) return body;
      const operation = read(request, body);
      return isFault(operation) ? afterToken(request, operation) : operation;
    };

  const list = (suffix: string, operation: string, view: View): Endpoint => {
    const text = listText(suffix, view);
    return {
      operation,
      method: 'GET',
      suffix,
      decode: checked('images', ({ query }) => {
        const selection = readListQuery(query);
        if (isFault(selection)) return selection;
        // a list with a limit may need a link that depends on how many there are
        return { kind: 'list-images', selection, paged: selection.limit === undefined };
      }),
      encode: async (outcome, request) => {
        const { self, bookmark, image } = bases(request);
        if (outcome.kind === 'image-pages') {
          const body = listBytes(outcome.pages, view, { self, bookmark, image }, request);
          return { ...written(request, 200, ''), body };
        }
        const { images } = expectKind(outcome, 'images');
        const mayReadScript = await scriptReader(images, request);
        const next = nextQuery(request.query, images.length, images.at(-1)?.base.id);
        const body = text(images, self, bookmark, image, next, mayReadScript);
        return written(request, 200, body);
      },
    };
  };

  const show = (
    part: Part,
    operation: string,
    suffix: string,
    encode: (image: Image, request: DialectRequest) => Reply | Fault | Promise<Reply>,
  ): Endpoint => ({
    operation,
    method: 'GET',
    suffix,
    decode: checked(part, (request) => ({ kind: 'show-image', id: idOf(request) })),
    encode: (outcome, request) => encode(imageOf(outcome), request),
    explain: (failed) => (failed.kind === 'not-found' ? notFound() : failed),
  });

  const write = (
    operation: string,
    method: string,
    suffix: string,
    read: (request: DialectRequest, body: unknown) => Items | Fault,
    change: (items: Items) => (present: Image) => Change | Fault,
    shown: (image: Image, echo: Items) => unknown,
  ): Endpoint => ({
    operation,
    method,
    suffix,
    decode: checked('metadata', (request, body) => {
      const items = read(request, body);
      if (isFault(items)) return items;
      return {
        kind: 'update-image',
        id: idOf(request),
        change: change(items),
        properties: new Map(Object.entries(items)),
      };
    }),
    encode: (outcome, request, operation) => {
      const sent = operation.kind === 'update-image' ? operation.properties : undefined;
      return answer(request, 200, shown(imageOf(outcome), itemsOf(sent)));
    },
    explain: explainWrite,
  });

  const strict = ({ exchange }: DialectRequest): boolean => !isLegacy(exchange.target);

  return [
    list('/images', 'list', briefView),
    list('/images/detail', 'list-detail', wholeView),
    show('images', 'show', '/images/:id', async (image, request) => {
      const links = bases(request);
      const mayReadScript = await scriptReader([image], request);
      const body = showText(image, links.self, links.bookmark, links.image, mayReadScript);
      return written(request, 200, body);
    }),
    {
      operation: 'build',
      method: 'POST',
      suffix: '/images',
      decode: checked('images', (request, body) => {
        const asked = readBuildRequest(body, strict(request));
        if (isFault(asked)) return asked;
        const draft = buildDraft(asked, request.callersKnown);
        if (isFault(draft)) return draft;
        if (!settings.building)
          return fault('upstream-unreachable', 'No image builder is configured.');
        return { kind: 'create-image', draft };
      }),
      encode: (outcome, request) => {
        const { headers } = written(request, 202, '');
        const href = `${bases(request).self}/images/${imageOf(outcome).base.id}`;
        return { status: 202, headers: [...headers, ['Location', href]], body: '' };
      },
      explain: explainLimit,
    },
    ...['/images/:id', '/images/detail'].map((suffix) => ({
      operation: 'delete',
      method: 'DELETE',
      suffix,
      decode: checked('images', (request) => ({ kind: 'delete-image', id: idOf(request) })),
      encode: nothing,
      explain: (failed: Fault) => {
        if (failed.kind === 'not-found') return notFound();
        if (failed.kind !== 'forbidden') return failed;
        return fault('forbidden', 'You are not allowed to delete the image.');
      },
    })),
    show('metadata', 'list-metadata', '/images/:id/metadata', (image, request) =>
      answer(request, 200, { metadata: metadataOf(image) }),
    ),
    write(
      'merge-metadata',
      'POST',
      '/images/:id/metadata',
      (request, body) => readItems(body, 'metadata', strict(request)),
      mergeItems,
      (image) => ({ metadata: metadataOf(image) }),
    ),
    write(
      'replace-metadata',
      'PUT',
      '/images/:id/metadata',
      (request, body) => readItems(body, 'metadata', strict(request)),
      replaceItems,
      (_, echo) => ({ metadata: echo }),
    ),
    show('metadata', 'show-item', '/images/:id/metadata/:key', (image, request) => {
      const key = keyOf(request);
      const value = shownItem(image, key);
      return value === undefined
        ? fault('not-found')
        : answer(request, 200, { meta: { [key]: value } });
    }),
    write(
      'put-item',
      'PUT',
      '/images/:id/metadata/:key',
      (request, body) => {
        const items = readItems(body, 'meta', strict(request));
        if (isFault(items)) return items;
        const keys = Object.keys(items);
        if (keys.length === 1 && keys[0] === keyOf(request)) return items;
        return fault('bad-request', 'Request body and URI mismatch');
      },
      mergeItems,
      (_, echo) => ({ meta: echo }),
    ),
    {
      operation: 'delete-item',
      method: 'DELETE',
      suffix: '/images/:id/metadata/:key',
      decode: checked('metadata', (request) => ({
        kind: 'update-image',
        id: idOf(request),
        change: removeItem(keyOf(request)),
      })),
      encode: nothing,
      explain: explainWrite,
    },
  ];
}

/** Items as an object again; without a prototype, so that any key is a key. */
function itemsOf(sent: ReadonlyMap<string, string | null> | undefined): Items {
  const items: Record<string, string> = Object.create(null);
  for (const [key, value] of sent ?? []) items[key] = value ?? '';
  return items;
}

/** An image with what its build adds. */
function wholeView(
  image: Image,
  links: LinkBases,
  mayReadScript: MayReadScript,
): Record<string, unknown> {
  return { ...fullView(image, links), ...buildView(image, mayReadScript) };
}

type View = (image: Image, links: LinkBases, mayReadScript: MayReadScript) => unknown;

/** A list as it is sent; `next` is the query of the next page. */
const listText = (suffix: string, view: View) =>
  finished(
    (
      images: readonly Image[],
      self: string,
      bookmark: string,
      image: string,
      next: string | undefined,
      mayReadScript: MayReadScript,
    ): string => {
      const links = { self, bookmark, image };
      return JSON.stringify({
        images: images.map((each) => view(each, links, mayReadScript)),
        ...(next !== undefined && {
          images_links: [{ rel: 'next', href: `${self}${suffix}?${next}` }],
        }),
      });
    },
  );

const encoder = new TextEncoder();

/** The same for a list of several pages, which has no next one. */
async function* listBytes(
  pages: AsyncIterable<readonly Image[]>,
  view: View,
  links: LinkBases,
  request: DialectRequest,
): AsyncGenerator<Uint8Array> {
  let before = '{"images":[';
  for await (const images of pages) {
    const mayReadScript = await scriptReader(images, request);
    const texts = images.map((image) => JSON.stringify(view(image, links, mayReadScript)));
    if (texts.length === 0) continue;
    yield encoder.encode(before + texts.join(','));
    before = ',';
  }
  yield encoder.encode(before === ',' ? ']}' : `${before}]}`);
}

/** One image as it is sent. */
const showText = finished(
  (
    shown: Image,
    self: string,
    bookmark: string,
    image: string,
    mayReadScript: MayReadScript,
  ): string =>
    JSON.stringify({ image: wholeView(shown, { self, bookmark, image }, mayReadScript) }),
);

/** Glance has a limit of its own, in which a build's properties count too. */
const explainLimit = (failed: Fault): Fault =>
  failed.kind === 'too-large' ? fault('forbidden', limitExceeded) : failed;

function explainWrite(failure: Fault, request: DialectRequest): Fault {
  const failed = explainLimit(failure);
  if (failed.kind === 'not-found' && failed.message !== 'Invalid metadata key') return notFound();
  if (failed.kind !== 'forbidden' || failed.message === limitExceeded) return failed;
  return fault('forbidden', `Not authorized for image ${idOf(request)}.`);
}

/** `GET /limits`, as far as image clients look: the metadata limit, which went with the metadata endpoints. */
export function limitsDocument(minor: number): unknown {
  const absolute =
    minor < microversions.metadataGoneFrom ? { maxImageMeta: metadataRules.mostItems } : {};
  return { limits: { rate: [], absolute } };
}
