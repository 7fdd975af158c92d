import {
  type GlanceFieldName,
  type GlanceFieldType,
  glanceFields,
} from '../../mappings/glance-image.ts';

export type Scalar = string | number | boolean | null;

/** An image as Glance v2 has it: base fields apart from additional properties, which may bear any name. */
export interface Image {
  readonly base: BaseFields;
  /** In Glance's order; `null` only where Glance's image schema file allows it. */
  readonly properties: ReadonlyMap<string, string | null>;
}

/** Base fields that dialects read; the others (`self`, `tags`, `locations`…) are checked and left out. */
export interface BaseFields {
  id: string;
  name: string | null;
  status: string;
  visibility: string;
  protected: boolean;
  os_hidden: boolean;
  checksum: string | null;
  os_hash_algo: string | null;
  os_hash_value: string | null;
  owner: string | null;
  size: number | null;
  virtual_size: number | null;
  container_format: string | null;
  disk_format: string | null;
  created_at: string;
  updated_at: string;
  min_ram: number;
  min_disk: number;
  direct_url: string | null;
  stores: string | null;
}

export type ReadableField = keyof BaseFields;

const skipped: ReadonlySet<string> = new Set<GlanceFieldName>([
  'self',
  'file',
  'schema',
  'tags',
  'locations',
]);

/** What a base field must be, and whether it is kept. */
const fields = new Map<string, { readonly type: GlanceFieldType; readonly kept: boolean }>(
  glanceFields.map(({ name, type }) => [name, { type, kept: !skipped.has(name) }]),
);

/** Whether a name is a base field of Glance v2 and so can never be an additional property. */
export function isBaseField(name: string): name is GlanceFieldName {
  return fields.has(name);
}

function blank(): BaseFields {
  return {
    id: '',
    name: null,
    status: '',
    visibility: '',
    protected: false,
    os_hidden: false,
    checksum: null,
    os_hash_algo: null,
    os_hash_value: null,
    owner: null,
    size: null,
    virtual_size: null,
    container_format: null,
    disk_format: null,
    created_at: '',
    updated_at: '',
    min_ram: 0,
    min_disk: 0,
    direct_url: null,
    stores: null,
  };
}

function fits(type: GlanceFieldType, value: unknown): boolean {
  switch (type) {
    case 'string?':
      return value === null || typeof value === 'string';
    case 'integer':
    case 'integer?':
      // Glance itself shows null for an unset minimum of very old rows
      return value === null || (typeof value === 'number' && Number.isFinite(value));
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    default:
      return typeof value === 'string';
  }
}

/**
 * Reads one image out of Glance's JSON. Unknown additions are kept as properties when they are texts and left out
 * otherwise; `undefined` when a base field has the wrong type or one that every image has is missing.
 */
export function readImage(document: unknown): Image | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return undefined;
  const base = blank();
  const into = base as unknown as Record<string, unknown>;
  const properties = new Map<string, string | null>();
  const given = document as Record<string, unknown>;
  // V8 is quickest at reading a document's values this way round
  for (const name in given) {
    const value = given[name];
    const field = fields.get(name);
    if (field === undefined) {
      if (typeof value === 'string' || value === null) properties.set(name, value);
    } else if (!fits(field.type, value)) {
      return undefined;
    } else if (field.kept && value !== null) {
      into[name] = value;
    }
  }
  if (
    base.id === '' ||
    !base.id.isWellFormed() ||
    !base.status ||
    !base.visibility ||
    !base.created_at ||
    !base.updated_at
  ) {
    return undefined;
  }
  return { base, properties };
}
