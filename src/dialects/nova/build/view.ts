import { buildProperties } from '../../../../mappings/build.ts';
import { buildStatus } from '../../../core/build-contract.ts';
import { scriptPieces, specOf } from '../../../core/build-record.ts';
import { isFault } from '../../../core/fault.ts';
import type { Image } from '../../../core/image.ts';
import type { DialectRequest } from '../../dialect.ts';

/** Whether a caller may read an image's installScript: it often holds passwords. */
export type MayReadScript = (image: Image) => boolean;

/** Glance shows a private image to its owning project and to admins alone. */
const whoSeesPrivate: MayReadScript = ({ base }) => base.visibility === 'private';

/** The owning project and admins may read scripts. Nobody is asked when there is no script to read. */
export async function scriptReader(
  images: readonly Image[],
  request: DialectRequest,
): Promise<MayReadScript> {
  if (!images.some((image) => scriptPieces(image).length > 0)) return whoSeesPrivate;
  const caller = await request.caller();
  if (caller === undefined || isFault(caller)) return whoSeesPrivate;
  if (caller.roles.includes('admin')) return () => true;
  return ({ base }) => base.owner === caller.projectId;
}

function percent(text: string | null | undefined): number {
  const number = /^\d{1,3}$/.test(text ?? '') ? Number(text) : 0;
  return Math.min(number, 100);
}

/** What a build adds to an image's view; nothing to an image that was not built. */
export function buildView(image: Image, mayReadScript: MayReadScript): Record<string, unknown> {
  const { properties } = image;
  const status = buildStatus(image);
  const imageSpec = specOf(image, mayReadScript(image));
  if (!imageSpec && status === undefined) return {};
  const buildImage = properties.get(buildProperties.image);
  const buildServer = properties.get(buildProperties.server);
  return {
    ...(status !== undefined && {
      status,
      progress: status === 'BUILDING' ? percent(properties.get(buildProperties.progress)) : 0,
    }),
    ...(imageSpec && { imageSpec }),
    ...(buildImage && { buildImage }),
    ...(buildServer && { buildServer }),
  };
}
