import { amazonFormats } from '../../../mappings/glance-v1.ts';
import { type Fault, fault } from '../../core/fault.ts';

export interface Formats {
  readonly disk: string | null;
  readonly container: string | null;
}

const amazon: ReadonlySet<string> = new Set(amazonFormats);

/** Completes a pair in which one is `aki`, `ari` or `ami`; a pair in which they differ is a `bad-request`. */
export function completeFormats({ disk, container }: Formats): Formats | Fault {
  if (!amazon.has(disk ?? '') && !amazon.has(container ?? '')) return { disk, container };
  const both = { disk: disk ?? container, container: container ?? disk };
  if (both.disk === both.container) return both;
  return fault(
    'bad-request',
    "Invalid mix of disk and container formats. When setting a disk or container format to one of 'aki', 'ari', or 'ami', the container and disk formats must match.",
  );
}

/** Image data needs both formats. */
export function requireFormats({ disk, container }: Formats): Fault | undefined {
  if (disk !== null && container !== null) return undefined;
  const missing = disk === null ? 'disk_format' : 'container_format';
  return fault('bad-request', `${missing} is required to store image data.`);
}
