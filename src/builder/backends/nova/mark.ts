/** Which attempt at which build something in the cloud belongs to. */
export interface Mark {
  /** The image that is built. */
  readonly build: string;
  /** Two workers may for a while both believe that a build is theirs. */
  readonly attempt: string;
}

const buildKey = 'polyglance_build';
const attemptKey = 'polyglance_attempt';

/** The beginning of the name of everything that builds make. */
export const namePrefix = 'polyglance-build';

/** A mark as metadata of a server or an image. */
export const metadataOf = ({ build, attempt }: Mark): Record<string, string> => ({
  [buildKey]: build,
  [attemptKey]: attempt,
});

/** The mark in metadata; `undefined` for what no builder made. */
export function markIn(metadata: ReadonlyMap<string, unknown>): Mark | undefined {
  const build = metadata.get(buildKey);
  const attempt = metadata.get(attemptKey);
  return typeof build === 'string' && typeof attempt === 'string' ? { build, attempt } : undefined;
}
