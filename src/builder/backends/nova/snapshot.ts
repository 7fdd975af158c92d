import { ownContext } from '../../../core/call.ts';
import { isFault } from '../../../core/fault.ts';
import type { Image } from '../../../core/image.ts';
import { isStream } from '../../../core/upstream.ts';
import { type Artifact, BuildFailure } from '../../backend.ts';
import { settled, Trouble } from '../../trouble.ts';
import { type Mark, metadataOf, namePrefix } from './mark.ts';
import type { Cloud } from './options.ts';
import { refusal } from './refusal.ts';
import { watch } from './watch.ts';

const lost = (): BuildFailure => new BuildFailure('The snapshot of the server failed.');

/** Has Nova copy a server's disk; the image that it goes to. */
export async function takeSnapshot(
  { compute }: Cloud,
  server: string,
  mark: Mark,
): Promise<string> {
  const id = await compute.createImage(ownContext(), server, namePrefix, metadataOf(mark));
  if (isFault(id)) throw refusal('the snapshot', id);
  return id;
}

/** Waits until a snapshot has its data. */
export function untilStored(
  { glance, poll }: Cloud,
  id: string,
  signal: AbortSignal,
): Promise<Image> {
  const look = async (): Promise<Image | undefined> => {
    const image = await glance.show(ownContext(), id);
    if (isFault(image)) {
      // Nova removes the image of a snapshot that fails
      if (image.kind === 'not-found') throw lost();
      throw new Trouble(image);
    }
    const { status } = image.base;
    if (status === 'active') return image;
    if (status === 'killed' || status.includes('delete')) throw lost();
    return undefined;
  };
  return watch(look, poll, signal);
}

const empty = (): BuildFailure => new BuildFailure('The snapshot of the server is empty.');

function formatOf({ base }: Image): Artifact['diskFormat'] {
  const { disk_format: format, size } = base;
  // what Nova makes of a server whose disk is a volume
  if (size === 0) throw empty();
  if (format === 'qcow2' || format === 'raw') return format;
  throw new BuildFailure(
    `The snapshot is in the format ${format}; only qcow2 and raw can be used.`,
  );
}

/** A stored snapshot as the result of a build. */
export function snapshotArtifact(
  { glance }: Cloud,
  image: Image,
  signal: AbortSignal,
  release: () => Promise<void>,
): Artifact {
  return {
    diskFormat: formatOf(image),
    open: async () => {
      const { body, length } = await settled(
        glance.download(ownContext(undefined, signal), image.base.id),
      );
      if (!isStream(body)) throw empty();
      return { body, length };
    },
    release,
  };
}
