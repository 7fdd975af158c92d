import { ownContext } from '../../../core/call.ts';
import { isFault } from '../../../core/fault.ts';
import type { Server } from '../../../glance/compute-documents.ts';
import { BuildFailure, type BuildSite } from '../../backend.ts';
import { Trouble } from '../../trouble.ts';
import { type Mark, metadataOf, namePrefix } from './mark.ts';
import type { NovaOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { cleaned, refusal } from './refusal.ts';
import { watch } from './watch.ts';

const removed = (): BuildFailure =>
  new BuildFailure('The server that ran the installer was removed.');

type Site = Pick<BuildSite, 'signal' | 'progress' | 'log'>;

/** Boots the server that runs the installer; its id. */
export async function boot(
  { compute, flavor, network }: NovaOptions,
  { image, userData }: Plan,
  mark: Mark,
): Promise<string> {
  const server = await compute.createServer(ownContext(), {
    name: `${namePrefix}-${mark.build}`,
    image,
    flavor,
    network,
    userData,
    metadata: metadataOf(mark),
  });
  if (isFault(server)) throw refusal('the server', server);
  return server;
}

/** Waits until a server has shut itself off, which is how an installer says that it is done; the server as it is then. */
export async function untilOff(
  { compute, poll }: NovaOptions,
  id: string,
  { signal, progress, log }: Site,
): Promise<Server> {
  let told = '';
  const look = async (): Promise<Server | undefined> => {
    const server = await compute.showServer(ownContext(), id);
    if (isFault(server)) {
      if (server.kind !== 'not-found') throw new Trouble(server);
      throw removed();
    }
    const { status, busy, fault } = server;
    if (status !== told) log(`the server ${id} is ${status}`);
    if (status !== told && status === 'ACTIVE') progress(10);
    told = status;
    if (status === 'ERROR') {
      const sentence = 'The server that runs the installer failed';
      if (fault === undefined) throw new BuildFailure(`${sentence}.`);
      log(`Nova says: ${fault}`);
      throw new BuildFailure(`${sentence}: ${cleaned(fault)}`);
    }
    if (status.endsWith('DELETED')) throw removed();
    // no snapshot is taken while Nova is still at it
    return status === 'SHUTOFF' && !busy ? server : undefined;
  };
  return watch(look, poll, signal);
}
