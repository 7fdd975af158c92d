import { buildProperties } from '../../../../mappings/build.ts';
import { buildStatus } from '../../../core/build-contract.ts';
import { scriptPieces, specOf } from '../../../core/build-record.ts';
import { isFault } from '../../../core/fault.ts';
import type { Image } from '../../../core/image.ts';
import type { DialectRequest } from '../../dialect.ts';

/** Whether a caller may read an image's installScript: it often holds passwords. */
export type MayReadScript = (image: Image) => boolean;

const nobody: MayReadScript = () => false;

/** The owning project and admins may read scripts; who is unknown may not. Nobody is asked when there is no script to read. */
export async function scriptReader(
  images: readonly Image[],
  request: DialectRequest,
): Promise<MayReadScript> {
  if (!images.some((image) => scriptPieces(image).length > 0)) return nobody;
  const caller = await request.caller();
  if (caller === undefined || isFault(caller)) return nobody;
  if (caller.roles.includes('admin')) return () => true;
  return ({ base }) => base.owner === caller.projectId;
}

function percent(text: string | null | undefined): number {
  const number = /^\d{1,3}$/.test(text ?? '') ? Number(text) : 0;
  return Math.min(number, 100);
}

/** What a build adds to an image's view; nothing to an image that was not built. */
export function buildView(image: Image, mayReadScript: MayReadScript): Record<string, unknown> {
  const imageSpec = specOf(image, mayReadScript(image));
  if (!imageSpec) return {};
  const { properties } = image;
  const status = buildStatus(image);
  const buildImage = properties.get(buildProperties.image);
  const buildServer = properties.get(buildProperties.server);
  return {
    ...(status !== undefined && {
      status,
      progress: status === 'BUILDING' ? percent(properties.get(buildProperties.progress)) : 0,
    }),
    imageSpec,
    ...(buildImage && { buildImage }),
    ...(buildServer && { buildServer }),
  };
}
