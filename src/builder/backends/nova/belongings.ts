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
type Find = () => Promise<readonly Belonging[]>;

/** How often something is asked to go before it is left behind: two minutes at the usual pace. */
const mostTries = 30;

function marked(
  kind: Belonging['kind'],
  id: string,
  metadata: ReadonlyMap<string, unknown>,
): readonly Belonging[] {
  const mark = markIn(metadata);
  return mark ? [{ kind, id, mark }] : [];
}

const serversOf =
  ({ compute }: Cloud): Find =>
  async () => {
    const servers = await settled(compute.servers(ownContext(), `^${namePrefix}-`));
    return servers.flatMap(({ id, metadata }) => marked('server', id, metadata));
  };

/** Those of the builder's project, where that is known: anybody's image may bear a mark, and an admin sees them all. */
const snapshotsOf =
  ({ glance }: Cloud, project: string | undefined): Find =>
  async () => {
    if (project === undefined) return [];
    const images = await settled(
      walk(glance, ownContext(), {
        ask: [
          ['name', namePrefix],
          ['owner', project],
        ],
        sort: 'created_at:asc,id:asc',
        limit: undefined,
      }),
    );
    return images.flatMap(({ base, properties }) => marked('snapshot', base.id, properties));
  };

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
async function removeOnce(cloud: Cloud, find: Find, wanted: Wanted, log: Log): Promise<boolean> {
  let any = false;
  for (const belonging of await find()) {
    if (!(await wanted(belonging))) continue;
    any = true;
    await remove(cloud, belonging, log);
  }
  return any;
}

const notYet = (error: unknown): string =>
  `what a build made cannot be removed yet: ${String(error)}`;

/** Removes what is wanted, and waits until it has gone. What cannot be removed is only logged: nobody could do more. */
async function removeAll(
  cloud: Cloud,
  find: Find,
  wanted: Wanted,
  log: Log,
  signal?: AbortSignal,
): Promise<void> {
  for (let left = mostTries; left > 0; left -= 1) {
    try {
      if (!(await removeOnce(cloud, find, wanted, log))) return;
    } catch (error) {
      log(notYet(error));
    }
    await sleep(cloud.poll, undefined, { ...(signal && { signal }) });
  }
  log('servers or snapshots may be left behind');
}

/** Removes what an attempt made, snapshots where the builder's project is known. Never rejects. */
export function clear(
  cloud: Cloud,
  { attempt }: Mark,
  project: string | undefined,
  log: Log,
): Promise<void> {
  const [servers, snapshots] = [serversOf(cloud), snapshotsOf(cloud, project)];
  const find = async () => [...(await servers()), ...(await snapshots())];
  return removeAll(cloud, find, ({ mark }) => mark.attempt === attempt, log);
}

/** Whether nobody waits any more for the build that made something. */
const isOver =
  ({ glance }: Cloud): Wanted =>
  async ({ mark }) => {
    const image = await glance.show(ownContext(), mark.build);
    return isFault(image) ? image.kind === 'not-found' : !isUnderWay(image);
  };

/** Removes servers that dead workers left: of this build, and of builds that are over. */
export async function removeOldServers(
  cloud: Cloud,
  build: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const [servers, over] = [serversOf(cloud), isOver(cloud)];
  await removeOnce(cloud, servers, (each) => each.mark.build !== build && over(each), log);
  // they would count against the quota that the new server needs
  await removeAll(cloud, servers, ({ mark }) => mark.build === build, log, signal);
}

/** Asks once that snapshots go that dead workers left: of this build, and of builds that are over. Never rejects. */
export async function removeOldSnapshots(
  cloud: Cloud,
  build: string,
  project: string | undefined,
  log: Log,
): Promise<void> {
  const over = isOver(cloud);
  const wanted: Wanted = (each) => each.mark.build === build || over(each);
  await removeOnce(cloud, snapshotsOf(cloud, project), wanted, log).catch((error) =>
    log(notYet(error)),
  );
}
