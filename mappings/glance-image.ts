/** The base fields of a Glance v2 image (`GET /v2/schemas/image`, Zed): what every dialect's table must account for. */

export type GlanceFieldType = 'string' | 'string?' | 'integer' | 'integer?' | 'boolean' | 'time' | 'array';

export interface GlanceField {
  readonly name: string;
  readonly type: GlanceFieldType;
  /** `create`: only at creation; `queued`: only while the image has no data; `always`; `never`. */
  readonly writable: 'never' | 'create' | 'queued' | 'always';
}

export const glanceFields = [
  { name: 'id', type: 'string', writable: 'create' },
  { name: 'name', type: 'string?', writable: 'always' },
  { name: 'status', type: 'string', writable: 'never' },
  { name: 'visibility', type: 'string', writable: 'always' },
  { name: 'protected', type: 'boolean', writable: 'always' },
  { name: 'os_hidden', type: 'boolean', writable: 'always' },
  { name: 'checksum', type: 'string?', writable: 'never' },
  { name: 'os_hash_algo', type: 'string?', writable: 'never' },
  { name: 'os_hash_value', type: 'string?', writable: 'never' },
  { name: 'owner', type: 'string?', writable: 'always' },
  { name: 'size', type: 'integer?', writable: 'never' },
  { name: 'virtual_size', type: 'integer?', writable: 'never' },
  { name: 'container_format', type: 'string?', writable: 'queued' },
  { name: 'disk_format', type: 'string?', writable: 'queued' },
  { name: 'created_at', type: 'time', writable: 'never' },
  { name: 'updated_at', type: 'time', writable: 'never' },
  { name: 'tags', type: 'array', writable: 'always' },
  { name: 'direct_url', type: 'string', writable: 'never' },
  { name: 'min_ram', type: 'integer', writable: 'always' },
  { name: 'min_disk', type: 'integer', writable: 'always' },
  { name: 'self', type: 'string', writable: 'never' },
  { name: 'file', type: 'string', writable: 'never' },
  { name: 'schema', type: 'string', writable: 'never' },
  { name: 'locations', type: 'array', writable: 'never' },
  { name: 'stores', type: 'string', writable: 'never' },
] as const satisfies readonly GlanceField[];

export type GlanceFieldName = (typeof glanceFields)[number]['name'];

/** Names of additional properties that Glance keeps for itself; PATCH answers 403. */
export const reservedPropertyPrefix = 'os_glance';
