export type ImageStatus =
  | 'queued'
  | 'saving'
  | 'uploading'
  | 'importing'
  | 'active'
  | 'deactivated';

export type Visibility = 'public' | 'private' | 'shared' | 'community';

export type MemberStatus = 'pending' | 'accepted' | 'rejected';

export interface MemberRecord {
  readonly member_id: string;
  readonly status: MemberStatus;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Names and values as a client gave them; `null` only where the schema document allows it. */
export type PropertyMap = ReadonlyMap<string, string | null>;

/**
 * One image as it is kept. Base fields bear their wire names.
 * Times are whole microseconds since the epoch: shown in seconds, ordered by all of it.
 */
export interface ImageRecord {
  readonly id: string;
  readonly name: string | null;
  readonly status: ImageStatus;
  readonly visibility: Visibility;
  readonly protected: boolean;
  readonly os_hidden: boolean;
  readonly checksum: string | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly owner: string | null;
  readonly size: number | null;
  readonly virtual_size: number | null;
  readonly container_format: string | null;
  readonly disk_format: string | null;
  readonly min_ram: number;
  readonly min_disk: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly tags: readonly string[];
  readonly properties: PropertyMap;
  readonly members: readonly MemberRecord[];
}

export interface TaskRecord {
  readonly id: string;
  readonly type: string;
  readonly status: 'pending' | 'processing' | 'success' | 'failure';
  readonly owner: string;
  readonly user_id: string;
  readonly request_id: string;
  readonly image_id: string | null;
  readonly input: unknown;
  readonly result: unknown;
  readonly message: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number | null;
}

/** Keys that Glance itself keeps among the properties while and after an import. */
export const importTaskKey = 'os_glance_import_task';
export const importingStoresKey = 'os_glance_importing_to_stores';
export const failedImportKey = 'os_glance_failed_import';

/** A copy with one property set. */
export function withProperty(properties: PropertyMap, name: string, value: string): PropertyMap {
  return new Map(properties).set(name, value);
}

/** A copy without one property. */
export function withoutProperty(properties: PropertyMap, name: string): PropertyMap {
  const copy = new Map(properties);
  copy.delete(name);
  return copy;
}
