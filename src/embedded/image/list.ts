import type { UpstreamAnswer } from '../../core/upstream.ts';
import { json } from '../http/answers.ts';
import type { Exchange } from '../http/exchange.ts';
import { badRequest, forbidden } from '../http/fault.ts';
import { pageQuery, QueryBag } from '../http/query.ts';
import type { ImageRecord } from '../record.ts';
import type { Service } from '../service.ts';
import { isVisible } from './access.ts';
import { type ImageTest, takeFilters, takeVisibility } from './filters.ts';
import { compareImages, isNewestFirst, type SortRule, takeSort } from './sort.ts';
import { imageView } from './view.ts';

const defaultLimit = 25;
const maximumLimit = 1000;

/** Takes `limit`. @throws Fault 400 */
export function takeLimit(bag: QueryBag): number {
  const text = bag.take('limit');
  if (text === undefined) return defaultLimit;
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw badRequest('limit param must be an integer');
  if (Number(text) < 0) throw badRequest('limit param must be positive');
  return Math.min(Number(text), maximumLimit);
}

function takeMemberStatus(bag: QueryBag): string {
  const status = bag.take('member_status') ?? 'accepted';
  if (!['pending', 'accepted', 'rejected', 'all'].includes(status)) {
    throw badRequest(`Invalid status: ${status}`);
  }
  return status;
}

/** Which images a list shows to its caller before any other filter. */
function audienceTest(
  exchange: Exchange,
  visibility: string | undefined,
  status: string,
): ImageTest {
  const { projectId } = exchange.identity;
  return (image) => {
    const own = image.owner === projectId;
    if (visibility === undefined && image.visibility === 'community' && !own) return false;
    if (visibility !== undefined && visibility !== 'all' && image.visibility !== visibility) {
      return false;
    }
    if (exchange.isAdmin || own) return true;
    if (image.visibility === 'public' || image.visibility === 'community') return true;
    if (image.visibility !== 'shared') return false;
    const member = image.members.find((candidate) => candidate.member_id === projectId);
    return member !== undefined && (status === 'all' || member.status === status);
  };
}

function page(
  images: ImageRecord[],
  tests: readonly ImageTest[],
  rules: readonly SortRule[],
  marker: ImageRecord | undefined,
  limit: number,
): ImageRecord[] {
  const found: ImageRecord[] = [];
  const passes = (image: ImageRecord): boolean =>
    (marker === undefined || compareImages(rules, image, marker) > 0) &&
    tests.every((test) => test(image));
  if (isNewestFirst(rules)) {
    // kept in the order in which they were saved, which is all but that in which they were made
    images.sort((a, b) => compareImages(rules, b, a));
    for (let index = images.length - 1; index >= 0 && found.length < limit; index -= 1) {
      const image = images[index];
      if (image !== undefined && passes(image)) found.push(image);
    }
    return found;
  }
  for (const image of images) if (passes(image)) found.push(image);
  return found.sort((a, b) => compareImages(rules, a, b)).slice(0, limit);
}

/** `GET /v2/images`. */
export async function listImages(service: Service, exchange: Exchange): Promise<UpstreamAnswer> {
  const bag = new QueryBag(exchange.query);
  const limit = takeLimit(bag);
  const markerId = bag.take('marker');
  const memberStatus = takeMemberStatus(bag);
  const rules = takeSort(bag);
  const visibility = takeVisibility(bag);
  const tests = takeFilters(bag);
  const marker = markerId === undefined ? undefined : service.catalogue.image(markerId);
  if (markerId !== undefined) {
    if (marker === undefined) throw badRequest(`No image found with ID ${markerId}`);
    if (!isVisible(marker, exchange)) {
      throw forbidden(`Forbidding request, image ${markerId} not visible`);
    }
  }
  tests.unshift(audienceTest(exchange, visibility, memberStatus));
  const images = page([...service.catalogue.images()], tests, rules, marker, limit);
  const query = pageQuery(exchange.query);
  const last = images.at(-1);
  return json({
    images: images.map(imageView),
    first: query === '' ? '/v2/images' : `/v2/images?${query}`,
    schema: '/v2/schemas/images',
    ...(last !== undefined && images.length === limit
      ? { next: `/v2/images?${pageQuery(exchange.query, last.id)}` }
      : {}),
  });
}
