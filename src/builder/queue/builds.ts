import { buildError, buildProperties, longestBuildError } from '../../../mappings/build.ts';
import { scriptPieces } from '../../core/build-record.ts';
import { ownContext } from '../../core/call.ts';
import { isFault } from '../../core/fault.ts';
import type { Image } from '../../core/image.ts';
import { formatGlanceTime } from '../../core/iso-time.ts';
import { type PatchStep, removeProperty, setField, setProperty } from '../../core/patch.ts';
import type { GlanceClient } from '../../glance/client.ts';
import { stroll } from '../../glance/walk.ts';
import { settled, Trouble } from '../trouble.ts';

const oldestFirst = 'created_at:asc,id:asc';
/** Each has up to some hundred kilobytes of script. */
const scriptsAtOnce = 50;

/** A sentence as Nova metadata: one line of printable characters, not too long. */
export function errorSentence(text: string): string {
  const clean = text
    .toWellFormed()
    // beyond the basic plane some databases behind Glance hold nothing
    .replace(/[\p{C}\p{Z}\u{10000}-\u{10ffff}]+/gu, ' ')
    .trim();
  return clean.length <= longestBuildError ? clean : `${clean.slice(0, longestBuildError - 1)}…`;
}

/** Whether an image still waits for its data. */
export const isWaiting = ({ base, properties }: Image): boolean =>
  base.status === 'queued' && properties.get(buildProperties.state) === 'building';

/** Whether an image is still to be built, or is being stored. */
export const isUnderWay = ({ base, properties }: Image): boolean =>
  base.status !== 'deactivated' && properties.get(buildProperties.state) === 'building';

/** Builds as they are recorded in Glance, of every project. */
export class BuildRecords {
  readonly #glance: GlanceClient;

  constructor(glance: GlanceClient) {
    this.#glance = glance;
  }

  /** Images with a build in this state and this status of Glance's, oldest first; `since`: changed after that moment (ms since 1970). Throws {@link Trouble} or an `UpstreamFailure`. */
  async *list(
    state: string,
    status: string,
    { visibility = 'all', since }: { visibility?: string; since?: number } = {},
  ): AsyncGenerator<Image> {
    const found = await settled(
      stroll(this.#glance, ownContext(), {
        ask: [
          [buildProperties.state, state],
          ['status', status],
          ['visibility', visibility],
          ...(since === undefined
            ? []
            : [['updated_at', `gte:${formatGlanceTime(new Date(since))}`] as const]),
        ],
        sort: oldestFirst,
        limit: undefined,
        page: scriptsAtOnce,
      }),
    );
    if (!(Symbol.asyncIterator in found)) yield* found;
    else for await (const page of found) yield* page;
  }

  /** The image as it is now; `undefined` when it was deleted. */
  async show(id: string): Promise<Image | undefined> {
    const image = await this.#glance.show(ownContext(), id);
    if (!isFault(image)) return image;
    if (image.kind === 'not-found') return undefined;
    throw new Trouble(image);
  }

  async #patch(id: string, steps: readonly PatchStep[]): Promise<void> {
    const image = await this.#glance.patch(ownContext(), id, steps);
    // whoever deletes an image does not want to hear of it any more
    if (isFault(image) && image.kind !== 'not-found') throw new Trouble(image);
  }

  /** Tells how far a build is, and where it runs. Rarely: a patch races with those of the image's users. */
  progress(
    id: string,
    percent: number,
    where: { readonly server?: string; readonly image?: string },
  ): Promise<void> {
    return this.#patch(id, [
      setProperty(buildProperties.progress, String(percent)),
      ...(where.server === undefined ? [] : [setProperty(buildProperties.server, where.server)]),
      ...(where.image === undefined ? [] : [setProperty(buildProperties.image, where.image)]),
    ]);
  }

  /** Says in which format the data will be. */
  async expect({ base }: Image, diskFormat: string): Promise<void> {
    if (base.disk_format === diskFormat) return;
    await this.#patch(base.id, [setField('disk_format', diskFormat)]);
  }

  done(id: string): Promise<void> {
    return this.#patch(id, [setProperty(buildProperties.state, 'done')]);
  }

  /** Writes that a build has failed, unless it has come to another end meanwhile. */
  async failed(id: string, sentence: string): Promise<void> {
    const image = await this.show(id);
    if (!image || !isUnderWay(image) || image.base.status === 'active') return;
    const state = setProperty(buildProperties.state, 'error');
    try {
      await this.#patch(id, [state, setProperty(buildError, errorSentence(sentence))]);
    } catch (error) {
      // an image can be full of properties; this one is there already
      if (!(error instanceof Trouble) || error.fault.kind !== 'too-large') throw error;
      await this.#patch(id, [state]);
    }
  }

  /** Removes the script of a build that everybody can see now: scripts often hold passwords. */
  dropScript(image: Image): Promise<void> {
    return this.#patch(image.base.id, scriptPieces(image).map(removeProperty));
  }
}
