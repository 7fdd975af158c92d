import { ownContext } from '../../../core/call.ts';
import { isFault } from '../../../core/fault.ts';
import { serverMicroversion } from '../../../glance/compute.ts';
import type { Readiness } from '../../backend.ts';
import type { NovaOptions } from './options.ts';

/** A line for the operator, and whether it is a good one. */
type Finding = readonly [good: boolean, line: string];

const minor = (version: string): number => Number(version.split('.')[1]);

async function ofNova({ compute }: NovaOptions): Promise<Finding> {
  const version = await compute.microversion(ownContext());
  if (isFault(version)) return [false, `Nova does not answer: ${version.message}`];
  const good = minor(version) >= minor(serverMicroversion);
  return [good, `Nova speaks up to ${version}${good ? '' : `; ${serverMicroversion} is needed`}`];
}

async function ofFlavor({ compute, flavor }: NovaOptions): Promise<Finding> {
  const found = await compute.flavor(ownContext(), flavor);
  if (isFault(found)) return [false, `flavor ${flavor}: ${found.message}`];
  return [true, `flavor ${found.name}: ${found.ram} MiB of memory, ${found.disk} GiB of disk`];
}

async function ofImage({ glance }: NovaOptions, system: string, id: string): Promise<Finding> {
  const image = await glance.show(ownContext(), id);
  if (isFault(image)) return [false, `image for ${system}: ${image.message}`];
  const { name, status } = image.base;
  return [status === 'active', `image for ${system}: ${name ?? id} is ${status}`];
}

/** Asks the services for all that a build needs of them. */
export async function checkNova(options: NovaOptions): Promise<Readiness> {
  const images = Object.entries(options.images);
  const found = await Promise.all([
    ofNova(options),
    ofFlavor(options),
    ...images.map(([system, id]) => ofImage(options, system, id)),
  ]);
  if (images.length === 0) found.push([false, 'no image is configured']);
  return {
    ready: found.every(([good]) => good),
    findings: found.map(([, line]) => line),
    missing: [],
  };
}
