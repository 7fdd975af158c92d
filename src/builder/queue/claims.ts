import { buildProperties, claimName, releasedBeat } from '../../../mappings/build.ts';
import { ownContext } from '../../core/call.ts';
import { isFault } from '../../core/fault.ts';
import type { Image } from '../../core/image.ts';
import { setProperty } from '../../core/patch.ts';
import type { GlanceClient } from '../../glance/client.ts';
import { settled, Trouble } from '../trouble.ts';
import { nameUuid } from './name-uuid.ts';

/** A worker's lease on a build: the image record whose id follows from the build's id and the claim's number. */
export interface Claim {
  readonly id: string;
  /** The image that is built. */
  readonly build: string;
  /** From 1; a later worker's is higher. */
  readonly number: number;
  /** When its holder last gave a sign of life, by Glance's clock; milliseconds since 1970. */
  readonly beatAt: number;
  /** Whether its holder gave the build back. */
  readonly released: boolean;
  /** The project that ordered the build. */
  readonly project: string | null;
}

/** A build that waits: the image, and the project that ordered it. */
export interface Order {
  readonly id: string;
  readonly owner: string | null;
}

/** What came of a try to claim: somebody has it, or the number was used up (its record is gone, or was made by a stranger). */
export type Taken = Claim | 'held' | 'spent';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Claims on one build, released ones among them; after them it is given up. */
export const mostClaims = 20;
const page = 1000;
const mostPages = 20;

/** What every record has. */
const hidden = { name: claimName, os_hidden: true, visibility: 'private' } as const;

const claimId = (build: string, number: number): string => nameUuid(build, `claim:${number}`);

function readClaim({ base, properties }: Image): Claim | undefined {
  const build = properties.get(buildProperties.claimOf) ?? '';
  // what it names becomes part of an address
  if (!uuid.test(build)) return undefined;
  for (let number = 1; number <= mostClaims; number += 1) {
    if (claimId(build, number) !== base.id) continue;
    return {
      id: base.id,
      build,
      number,
      beatAt: Date.parse(base.updated_at),
      released: properties.get(buildProperties.heartbeat) === releasedBeat,
      project: properties.get(buildProperties.project) ?? null,
    };
  }
  return undefined;
}

/**
 * Leases in Glance. Making an image with a given id is the one thing there that only one of many can do, and an id stays
 * taken after its record is gone; patches are no lock.
 */
export class ClaimRecords {
  readonly #glance: GlanceClient;
  readonly #worker: string;
  #own: Promise<string | null> | undefined;

  constructor(glance: GlanceClient, worker: string) {
    this.#glance = glance;
    this.#worker = worker;
  }

  /** The project that workers are in. Only their records count: anybody can make some that look alike. */
  #ownProject(): Promise<string | null> {
    this.#own ??= this.#introduce().catch((error) => {
      this.#own = undefined;
      throw error;
    });
    return this.#own;
  }

  /** Glance tells a token's project only by what is made with it. */
  async #introduce(): Promise<string | null> {
    const { base } = await settled(this.#glance.create(ownContext(), hidden));
    await this.#glance.remove(ownContext(), base.id);
    return base.owner;
  }

  /** The workers' records, with any properties asked for. */
  async *#records(ask: Readonly<Record<string, string>> = {}): AsyncGenerator<Image> {
    const owner = await this.#ownProject();
    let marker: string | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const query = new URLSearchParams({
        name: claimName,
        os_hidden: 'true',
        visibility: 'all',
        sort: 'created_at:asc,id:asc',
        limit: String(page),
        ...(owner !== null && { owner }),
        ...ask,
        ...(marker !== undefined && { marker }),
      });
      const { images, more } = await settled(this.#glance.list(ownContext(), query.toString()));
      yield* images;
      marker = images.at(-1)?.base.id;
      if (!more || marker === undefined) return;
    }
  }

  /** Every claim there is, by build, lowest number first. */
  async all(): Promise<Map<string, readonly Claim[]>> {
    const found = new Map<string, Claim[]>();
    for await (const image of this.#records()) {
      const claim = readClaim(image);
      if (!claim) continue;
      const theirs = found.get(claim.build);
      if (theirs) theirs.push(claim);
      else found.set(claim.build, [claim]);
    }
    for (const claims of found.values()) claims.sort((a, b) => a.number - b.number);
    return found;
  }

  /** Removes what a worker that died while it introduced itself has left, when it is older than a moment (ms since 1970). */
  async clearStrays(before: number): Promise<void> {
    const strays: string[] = [];
    for await (const image of this.#records()) {
      if (readClaim(image) || Date.parse(image.base.updated_at) > before) continue;
      strays.push(image.base.id);
    }
    for (const id of strays) await this.#remove(id);
  }

  /** Takes a build, if nobody has had this number before. A claim whose answer was lost is to be given up by {@link abandon}. */
  async take({ id: build, owner: project }: Order, number: number): Promise<Taken> {
    if (number > mostClaims) return 'spent';
    const own = await this.#ownProject();
    const id = claimId(build, number);
    const record = await this.#glance.create(ownContext(), {
      ...hidden,
      id,
      [buildProperties.claimOf]: build,
      [buildProperties.worker]: this.#worker,
      [buildProperties.heartbeat]: '0',
      ...(project !== null && { [buildProperties.project]: project }),
    });
    if (!isFault(record)) return readClaim(record) ?? 'spent';
    if (record.kind !== 'conflict') throw new Trouble(record);
    const present = await this.#glance.show(ownContext(), id);
    if (!isFault(present)) return present.base.owner === own ? 'held' : 'spent';
    if (present.kind === 'not-found') return 'spent';
    throw new Trouble(present);
  }

  /** A sign of life; `false` when the record is gone. */
  async beat(claim: Pick<Claim, 'id'>, word: string): Promise<boolean> {
    const steps = [setProperty(buildProperties.heartbeat, word)];
    const record = await this.#glance.patch(ownContext(), claim.id, steps);
    if (!isFault(record)) return true;
    if (record.kind === 'not-found') return false;
    throw new Trouble(record);
  }

  /** Gives a build back: the next worker need not wait until this claim is stale. */
  async release(claim: Claim): Promise<void> {
    await this.beat(claim, releasedBeat);
  }

  /** Gives back a claim that this worker may hold without knowing. */
  async abandon({ id: build }: Order, number: number): Promise<void> {
    const id = claimId(build, number);
    const record = await this.#glance.show(ownContext(), id);
    if (isFault(record)) {
      if (record.kind === 'not-found') return;
      throw new Trouble(record);
    }
    if (record.properties.get(buildProperties.worker) !== this.#worker) return;
    await this.beat({ id }, releasedBeat);
  }

  /** Whether a later worker has taken the build. */
  async isSuperseded({ build, number }: Claim): Promise<boolean> {
    for await (const image of this.#records({ [buildProperties.claimOf]: build })) {
      if ((readClaim(image)?.number ?? 0) > number) return true;
    }
    return false;
  }

  /** Removes the claims on a build that is over, up to a number; what is left of their ids keeps others from claiming again. */
  async clear(build: string, highest: number): Promise<void> {
    for (let number = 1; number <= highest; number += 1) {
      await this.#remove(claimId(build, number));
    }
  }

  async #remove(id: string): Promise<void> {
    const removed = await this.#glance.remove(ownContext(), id);
    if (isFault(removed) && removed.kind !== 'not-found') throw new Trouble(removed);
  }
}
