import { setTimeout as sleep } from 'node:timers/promises';
import { ownContext } from '../../../core/call.ts';
import { isFault } from '../../../core/fault.ts';
import { walk } from '../../../glance/walk.ts';
import { isUnderWay } from '../../queue/builds.ts';
import { settled } from '../../trouble.ts';
import { type Mark, markIn, namePrefix } from './mark.ts';
import type { Cloud } from './options.ts';

type Log = (line: string) => void;

/** A server or a snapshot that a build made. */
interface Belonging {
  readonly kind: 'server' | 'snapshot';
  readonly id: string;
  readonly mark: Mark;
}

type Wanted = (belonging: Belonging) => boolean | Promise<boolean>;

/** How often something is asked to go before it is left behind: two minutes at the usual pace. */
const mostTries = 30;

async function belongings({ compute, glance }: Cloud): Promise<readonly Belonging[]> {
  const servers = await settled(compute.servers(ownContext(), `^${namePrefix}-`));
  const images = await settled(
    walk(glance, ownContext(), {
      ask: [['name', namePrefix]],
      sort: 'created_at:asc,id:asc',
      limit: undefined,
    }),
  );
  const marked = (
    kind: Belonging['kind'],
    id: string,
    metadata: ReadonlyMap<string, unknown>,
  ): readonly Belonging[] => {
    const mark = markIn(metadata);
    return mark ? [{ kind, id, mark }] : [];
  };
  return [
    ...servers.flatMap(({ id, metadata }) => marked('server', id, metadata)),
    ...images.flatMap(({ base, properties }) => marked('snapshot', base.id, properties)),
  ];
}

/** Asks for the end of a server or a snapshot. */
export async function remove(
  { compute, glance }: Cloud,
  { kind, id }: Pick<Belonging, 'kind' | 'id'>,
  log: Log,
): Promise<void> {
  const refused =
    kind === 'server'
      ? await compute.deleteServer(ownContext(), id)
      : await glance.remove(ownContext(), id);
  if (refused && refused.kind !== 'not-found') {
    log(`the ${kind} ${id} cannot be removed yet: ${refused.message}`);
  }
}

/** Asks once for the end of what is wanted; whether there was anything. */
async function removeOnce(cloud: Cloud, wanted: Wanted, log: Log): Promise<boolean> {
  let any = false;
  for (const belonging of await belongings(cloud)) {
    if (!(await wanted(belonging))) continue;
    any = true;
    await remove(cloud, belonging, log);
  }
  return any;
}

/** Removes what is wanted, and waits until it has gone. What cannot be removed is only logged: nobody could do more. */
async function removeAll(
  cloud: Cloud,
  wanted: Wanted,
  log: Log,
  signal?: AbortSignal,
): Promise<void> {
  for (let left = mostTries; left > 0; left -= 1) {
    try {
      if (!(await removeOnce(cloud, wanted, log))) return;
    } catch (error) {
      log(`what a build made cannot be removed yet: ${String(error)}`);
    }
    await sleep(cloud.poll, undefined, { ...(signal && { signal }) });
  }
  log('servers or snapshots may be left behind');
}

/** Removes what an attempt made. Never rejects. */
export const clear = (cloud: Cloud, { attempt }: Mark, log: Log): Promise<void> =>
  removeAll(cloud, ({ mark }) => mark.attempt === attempt, log);

/** Removes what dead workers left: of this build, and of builds that nobody waits for any more. */
export async function removeLeftovers(
  cloud: Cloud,
  build: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const isOver = async (other: string): Promise<boolean> => {
    const image = await cloud.glance.show(ownContext(), other);
    return isFault(image) ? image.kind === 'not-found' : !isUnderWay(image);
  };
  await removeOnce(cloud, ({ mark }) => mark.build !== build && isOver(mark.build), log);
  // they would count against the quota that the new server needs
  await removeAll(cloud, ({ mark }) => mark.build === build, log, signal);
}
