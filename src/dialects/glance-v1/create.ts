import { type Fault, fault, isFault } from '../../core/fault.ts';
import type { Draft, Operation } from '../../core/operation.ts';
import type { DialectRequest } from '../dialect.ts';
import { carriesData, checkTransport, namesSource, readContent } from './content.ts';
import { completeFormats, type Formats, requireFormats } from './formats.ts';
import { lens } from './lens.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { storedName, storedValue } from './property-names.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function givenFormats({ fields }: Metadata): Formats {
  return {
    disk: textOrNull(fields.get('disk_format')),
    container: textOrNull(fields.get('container_format')),
  };
}

function draftOf(metadata: Metadata, formats: Formats): Draft {
  const fields = new Map<string, unknown>();
  for (const [name, value] of metadata.fields) {
    const written = lens.write(name, value);
    // an empty header is a field not given
    if (written && value !== null) fields.set(...written);
  }
  const owner = metadata.fields.get('owner');
  // an admin's image may belong to nobody
  if (owner === null) fields.set('owner', null);
  if (formats.disk !== null) fields.set('disk_format', formats.disk);
  if (formats.container !== null) fields.set('container_format', formats.container);
  const properties = new Map<string, string | null>();
  for (const [name, value] of metadata.properties) {
    const stored = storedName(name);
    properties.set(stored, storedValue(stored, value));
  }
  return { fields, properties, ownerIsWish: true };
}

/** `POST /images`: reserve, create with data, or create from a URL. Everything that can be wrong is looked at before anything is made. */
export function decodeCreate({ exchange }: DialectRequest): Operation | Fault {
  const metadata = readMetadata(exchange);
  if (isFault(metadata)) return metadata;
  const id = metadata.fields.get('id');
  if (typeof id === 'string' && !uuid.test(id))
    return fault('bad-request', 'Invalid image id format');
  const formats = completeFormats(givenFormats(metadata));
  if (isFault(formats)) return formats;
  const content = readContent(exchange, metadata);
  if (isFault(content)) return content;
  const refused =
    (carriesData(exchange) && checkTransport(exchange, metadata)) ||
    ((content || namesSource(metadata)) && requireFormats(formats));
  if (refused) return refused;
  const draft = draftOf(metadata, formats);
  // a size of 0 without data makes an empty image that is active at once
  const isEmpty = metadata.fields.get('size') === 0 && !content && !requireFormats(formats);
  return { kind: 'create-image', draft, content: isEmpty ? { from: 'nothing' } : content };
}
