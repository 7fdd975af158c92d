import type { ImageSpec } from '../../../core/image-spec.ts';
import { baseImage } from './base-image.ts';

/** What is booted for an order. */
export interface Plan {
  readonly image: string;
  /** The script, as Base64. */
  readonly userData: string | undefined;
}

/** Characters of a server's user data, encoded (API reference, POST /servers). */
const longestUserData = 65_535;

/** What is booted for a spec, or why nothing is, as a sentence. */
export function planOf(images: Readonly<Record<string, string>>, spec: ImageSpec): Plan | string {
  const { osName, osVersion, osArch, installScript, installSource } = spec;
  const image = baseImage(images, spec);
  if (image === undefined) {
    const wanted = [osName, osVersion, osArch && `on ${osArch}`].filter(Boolean).join(' ');
    return `There is no installer image for ${wanted}.`;
  }
  if (installSource && Object.keys(installSource).length > 0) {
    return 'An installer image brings its own sources: installSource cannot be used.';
  }
  const userData = installScript ? Buffer.from(installScript).toString('base64') : undefined;
  if (userData !== undefined && userData.length > longestUserData) {
    const most = Math.floor(longestUserData / 4) * 3;
    return `The installScript is too long: a server takes at most ${most} bytes.`;
  }
  return { image, userData };
}
