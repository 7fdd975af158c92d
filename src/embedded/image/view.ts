import { isoTime } from '../clock.ts';
import type { ImageRecord } from '../record.ts';
import { imageSchema } from '../schema/image.ts';

/** A property without a value is shown as empty, unless the schema document lets it be null. */
function shownValue(name: string, value: string | null): string | null {
  return value ?? (Object.hasOwn(imageSchema.properties ?? {}, name) ? null : '');
}

/** An image as Glance shows it: properties first, base fields over them, in Glance's order. */
export function imageView(image: ImageRecord): Record<string, unknown> {
  const properties = [...image.properties].map(([name, value]) => [name, shownValue(name, value)]);
  const self = `/v2/images/${image.id}`;
  const base = {
    name: image.name,
    disk_format: image.disk_format,
    container_format: image.container_format,
    visibility: image.visibility,
    size: image.size,
    virtual_size: image.virtual_size,
    status: image.status,
    checksum: image.checksum,
    protected: image.protected,
    min_ram: image.min_ram,
    min_disk: image.min_disk,
    owner: image.owner,
    os_hidden: image.os_hidden,
    os_hash_algo: image.os_hash_algo,
    os_hash_value: image.os_hash_value,
    id: image.id,
    created_at: isoTime(image.created_at),
    updated_at: isoTime(image.updated_at),
    tags: image.tags,
    self,
    file: `${self}/file`,
    schema: '/v2/schemas/image',
  };
  // Pairs, not assignment: a property may be named `__proto__`.
  return Object.fromEntries([...properties, ...Object.entries(base)]);
}
