import type { CallContext } from '../core/call.ts';
import { type Fault, fault, isFault } from '../core/fault.ts';
import type { Image } from '../core/image.ts';
import type { Operation } from '../core/operation.ts';
import type { GlanceClient } from './client.ts';
import type { ComputeClient } from './compute.ts';

/** Who takes a snapshot: Nova; or nobody, and the embedded Image service keeps the record of one without data. */
export type Snapshots = ComputeClient | 'record-only' | undefined;

const stamp = (): string => new Date().toISOString().replace(/\D/g, '').slice(0, 14);

/** Makes an image of a server. Faults: Nova's own; `not-implemented` where nobody takes snapshots. */
export async function snapshotServer(
  glance: GlanceClient,
  snapshots: Snapshots,
  context: CallContext,
  { server, name }: Extract<Operation, { kind: 'snapshot-server' }>,
): Promise<Image | Fault> {
  if (snapshots === undefined) {
    return fault('not-implemented', 'Images can be made of instances only with a Compute service.');
  }
  if (snapshots === 'record-only') {
    return glance.create(context, {
      name: name ?? `${server}_${stamp()}`,
      image_type: 'snapshot',
      instance_uuid: server,
    });
  }
  const shown = name === undefined ? await snapshots.showServer(context, server) : undefined;
  if (isFault(shown)) return shown;
  const id = await snapshots.createImage(context, server, name ?? `${shown?.name}_${stamp()}`);
  return isFault(id) ? id : glance.show(context, id);
}
