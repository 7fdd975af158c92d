import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Image, Scalar } from '../../core/image.ts';
import type { Change, Operation } from '../../core/operation.ts';
import { type PatchStep, removeProperty, setField, setProperty } from '../../core/patch.ts';
import type { DialectRequest } from '../dialect.ts';
import { carriesData, checkTransport, namesSource, readContent } from './content.ts';
import { completeFormats, type Formats, requireFormats } from './formats.ts';
import { lens } from './lens.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { shownName, storedName, storedValue } from './property-names.ts';

const forbidden = (sentence: string): Fault => fault('forbidden', sentence);

/** What may be repeated but not changed. */
function checkImmutable(given: Metadata, present: Image): Fault | undefined {
  const shown = lens.show(present);
  const differs = (name: string): boolean => {
    const value = given.fields.get(name);
    return value !== undefined && value !== null && value !== shown[name];
  };
  for (const name of ['status', 'id']) {
    if (differs(name)) return forbidden(`Forbidden to modify '${name}' of image.`);
  }
  const { status } = present.base;
  if (status !== 'active' && status !== 'deactivated') return undefined;
  for (const name of ['size', 'checksum']) {
    if (differs(name)) return forbidden(`Forbidden to modify '${name}' of ${status} image.`);
  }
  return undefined;
}

function formatsAfter({ fields }: Metadata, present: Image): Formats | Fault {
  const given = (name: string): string | null => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : null;
  };
  return completeFormats({
    disk: given('disk_format') ?? present.base.disk_format,
    container: given('container_format') ?? present.base.container_format,
  });
}

function fieldSteps(given: Metadata, present: Image, formats: Formats): PatchStep[] {
  const wanted = new Map<string, Scalar>();
  for (const [name, value] of given.fields) {
    const written = name === 'id' ? undefined : lens.write(name, value);
    if (written) wanted.set(...written);
  }
  // v1 knows only public or not: what is not public keeps its own visibility
  if (wanted.get('visibility') === 'shared' && present.base.visibility !== 'public') {
    wanted.delete('visibility');
  }
  wanted.set('disk_format', formats.disk);
  wanted.set('container_format', formats.container);
  const steps: PatchStep[] = [];
  const now: Readonly<Record<string, unknown>> = { ...present.base };
  for (const [name, value] of wanted) {
    if (now[name] !== value) steps.push(setField(name, value));
  }
  return steps;
}

function propertySteps(given: Metadata, present: Image, purge: boolean): PatchStep[] {
  const steps: PatchStep[] = [];
  const kept = new Set<string>();
  for (const [name, value] of given.properties) {
    const stored = storedName(name);
    const storing = storedValue(stored, value);
    kept.add(stored);
    if (present.properties.get(stored) !== storing) steps.push(setProperty(stored, storing));
  }
  if (!purge) return steps;
  for (const stored of present.properties.keys()) {
    // what v1 does not show it must not take away
    if (!kept.has(stored) && shownName(stored) !== undefined) steps.push(removeProperty(stored));
  }
  return steps;
}

/** `PUT /images/{id}`: change metadata, and store data in a queued image. Properties are replaced as a set unless told otherwise. */
export function decodeUpdate({ exchange, params }: DialectRequest): Operation | Fault {
  const metadata = readMetadata(exchange);
  if (isFault(metadata)) return metadata;
  const content = readContent(exchange, metadata);
  if (isFault(content)) return content;
  const uploads = carriesData(exchange);
  const change = (present: Image): Change | Fault => {
    const immutable = checkImmutable(metadata, present);
    if (immutable) return immutable;
    const queued = present.base.status === 'queued';
    if (uploads && !queued) return fault('conflict', 'Cannot upload to an unqueued image');
    if (namesSource(metadata) && !queued) {
      return fault(
        'bad-request',
        'Attempted to update Location field for an image not in queued status.',
      );
    }
    const formats = formatsAfter(metadata, present);
    if (isFault(formats)) return formats;
    const refused =
      (uploads && checkTransport(exchange, metadata)) || (content && requireFormats(formats));
    if (refused) return refused;
    const purge = !uploads && (metadata.purge ?? true);
    return {
      steps: [
        ...fieldSteps(metadata, present, formats),
        ...propertySteps(metadata, present, purge),
      ],
      ownerIsWish: true,
    };
  };
  const properties = new Map(
    [...metadata.properties].map(([name, value]) => [storedName(name), value] as const),
  );
  return { kind: 'update-image', id: params['id'] ?? '', change, content, properties };
}
