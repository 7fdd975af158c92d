/** Glance v1 over Glance v2: fields, statuses, filters, sort keys, as data. */
import type { Difference, FieldRow, FilterRow, SortRow, StatusRow } from './rows.ts';

export const title = 'Image API v1 (Glance)';

const INT32 = 2147483647;

/** In the order in which v1 shows them. */
export const fields = [
  { legacy: 'id', v2: 'id', dir: 'both', codec: 'verbatim', example: ['3f1c9d55-6b7e-4a63-9a44-0f5b4b0c7a11', '3f1c9d55-6b7e-4a63-9a44-0f5b4b0c7a11'], why: 'chosen by the client at creation only; 403 when changed' },
  { legacy: 'name', v2: 'name', dir: 'both', codec: 'text', maxLength: 255, example: ['cirros', 'cirros'], why: 'an empty name is null in v1' },
  { legacy: 'status', v2: 'status', dir: 'read', codec: 'status', example: ['saving', 'importing'], why: 'never writable (OSSA-2015-019)' },
  { legacy: 'size', v2: 'size', dir: 'read', codec: 'bytes', example: [10, 10], why: 'a queued image has size 0 in v1, null in v2; a given one is checked against the data' },
  { legacy: 'virtual_size', v2: 'virtual_size', dir: 'read', codec: 'bytes-or-null', example: [20, 20], why: 'v2 works it out; it cannot be set' },
  { legacy: 'checksum', v2: 'checksum', dir: 'read', codec: 'text', maxLength: 32, example: ['8d777f385d3dfec8815d20f7496026dc', '8d777f385d3dfec8815d20f7496026dc'], why: 'MD5; a given one is checked against the data' },
  { legacy: 'disk_format', v2: 'disk_format', dir: 'both', codec: 'text', example: ['qcow2', 'qcow2'], why: 'v2 lets it change only while queued' },
  { legacy: 'container_format', v2: 'container_format', dir: 'both', codec: 'text', example: ['bare', 'bare'], why: 'v2 lets it change only while queued' },
  { legacy: 'min_disk', v2: 'min_disk', dir: 'both', codec: 'count', max: INT32, example: [4, 4], why: 'GiB' },
  { legacy: 'min_ram', v2: 'min_ram', dir: 'both', codec: 'count', max: INT32, example: [512, 512], why: 'MiB' },
  { legacy: 'owner', v2: 'owner', dir: 'both', codec: 'text', maxLength: 255, example: ['0d000000000000000000000000000002', '0d000000000000000000000000000002'], why: 'set by admins; ignored from others' },
  { legacy: 'is_public', v2: 'visibility', dir: 'both', codec: 'is-public', example: [true, 'public'], why: 'private, shared and community are all false; false becomes shared' },
  { legacy: 'protected', v2: 'protected', dir: 'both', codec: 'flag', example: [true, true], why: 'the same meaning' },
  { legacy: 'created_at', v2: 'created_at', dir: 'read', codec: 'micro-time', example: ['2016-05-10T21:35:15.000000', '2016-05-10T21:35:15Z'], why: 'v1 has microseconds and no zone' },
  { legacy: 'updated_at', v2: 'updated_at', dir: 'read', codec: 'micro-time', example: ['2016-05-10T21:35:15.000000', '2016-05-10T21:35:15Z'], why: 'v1 has microseconds and no zone' },
  { legacy: 'deleted', v2: null, dir: 'constant', value: false, why: 'a deleted image cannot be seen through v2' },
  { legacy: 'deleted_at', v2: null, dir: 'constant', value: null, why: 'a deleted image cannot be seen through v2' },
  { legacy: 'location', v2: null, dir: 'write', why: 'the data is fetched and stored; never shown (OSSA-2013-007)' },
  { legacy: 'copy_from', v2: null, dir: 'write', why: 'taken and ignored; the header that works is x-glance-api-copy-from' },
  { legacy: 'store', v2: null, dir: 'write', why: 'checked, then left to Glance' },
  { legacy: 'uri', v2: null, dir: 'write', why: 'taken and ignored, as v1 did' },
  { legacy: null, v2: 'tags', dir: 'absent', why: 'v1 has none; never shown, never purged' },
  { legacy: null, v2: 'os_hidden', dir: 'absent', why: 'v1 has none; hidden images stay out of lists' },
  { legacy: null, v2: 'os_hash_algo', dir: 'absent', why: 'v1 knows MD5 only' },
  { legacy: null, v2: 'os_hash_value', dir: 'absent', why: 'v1 knows MD5 only' },
  { legacy: null, v2: 'direct_url', dir: 'absent', why: 'may hold store credentials (OSSA-2013-007)' },
  { legacy: null, v2: 'locations', dir: 'absent', why: 'may hold store credentials (OSSA-2013-007)' },
  { legacy: null, v2: 'stores', dir: 'absent', why: 'v1 has one store' },
  { legacy: null, v2: 'self', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'file', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'schema', dir: 'absent', why: 'a v2 link' },
] as const satisfies readonly FieldRow[];

/** The six fields of the brief list, in v1's order. */
export const briefFields = ['id', 'name', 'size', 'disk_format', 'container_format', 'checksum'] as const;

/** Words for a store that v1 took in `x-image-meta-store`; any other is 400. */
export const storeSchemes = ['file', 'filesystem', 'http', 'https', 'rbd', 'rados', 'swift', 'swift+http', 'swift+https', 'swift+config', 'cinder', 'sheepdog', 'vsphere', 's3', 's3+http', 's3+https'] as const;

/** Formats of Amazon-style images: disk and container must agree. */
export const amazonFormats = ['aki', 'ari', 'ami'] as const;

/** Words that are true in a header; every other word is false. */
export const trueWords = ['1', 't', 'true', 'on', 'y', 'yes'] as const;

/** Page sizes of v1 lists. */
export const paging = { byDefault: 25, most: 1000 } as const;

/** Entries that v1 adds to the Image service's version document. */
export const versions = ['v1.1', 'v1.0'] as const;

export const statuses = [
  { v2: 'queued', legacy: 'queued', data: 'none', why: 'reserved, no data yet' },
  { v2: 'saving', legacy: 'saving', data: 'none', why: 'data is arriving' },
  { v2: 'active', legacy: 'active', data: 'yes', why: 'usable' },
  { v2: 'uploading', legacy: 'saving', data: 'none', why: 'v1 has no staging' },
  { v2: 'importing', legacy: 'saving', data: 'none', why: 'v1 has no import' },
  { v2: 'deactivated', legacy: 'deactivated', data: 'refused', why: 'metadata only' },
  { v2: 'killed', legacy: 'killed', data: 'none', why: 'an upload that failed' },
  { v2: 'pending_delete', legacy: 'pending_delete', data: 'none', why: 'waits for the scrubber' },
  { v2: 'deleted', legacy: 'deleted', data: 'none', why: 'not visible' },
] as const satisfies readonly StatusRow[];

export const filters = [
  { param: 'name', v2: 'name', where: 'glance', codec: 'literal', example: ['name=a:b', 'name=eq:a:b'], why: 'a value means itself, operators included' },
  { param: 'status', v2: 'status', where: 'glance', codec: 'status', example: ['status=saving', 'status=in:saving,uploading,importing'], why: 'one v1 status may be several of v2; an unknown one finds nothing' },
  { param: 'disk_format', v2: 'disk_format', where: 'glance', codec: 'literal', example: ['disk_format=raw', 'disk_format=eq:raw'], why: 'exact, case-sensitive' },
  { param: 'container_format', v2: 'container_format', where: 'glance', codec: 'literal', example: ['container_format=bare', 'container_format=eq:bare'], why: 'exact, case-sensitive' },
  { param: 'min_ram', v2: 'min_ram', where: 'glance', codec: 'count', example: ['min_ram=256', 'min_ram=256'], why: 'equality' },
  { param: 'min_disk', v2: 'min_disk', where: 'glance', codec: 'any-count', example: ['min_disk=5', 'min_disk=5'], why: 'equality; what is no number finds nothing' },
  { param: 'size_min', v2: 'size_min', where: 'glance', codec: 'at-least', example: ['size_min=20', 'size_min=20'], why: '0 takes queued images in, which v2 would not: then nothing is asked' },
  { param: 'size_max', v2: null, where: 'gateway', codec: 'at-most', example: ['size_max=20', ''], why: 'a queued image counts as 0 in v1 and never matches in v2' },
  { param: 'protected', v2: 'protected', where: 'glance', codec: 'strict-flag', example: ['protected=True', 'protected=true'], why: 'true, false, 1, 0 in any case' },
  { param: 'is_public', v2: null, where: 'gateway', codec: 'tri-state', example: ['is_public=None', ''], why: 'counts for admins only' },
  { param: 'changes-since', v2: 'updated_at', where: 'glance', codec: 'since', example: ['changes-since=2016-05-10T21:35:15%2B02:00', 'updated_at=gt:2016-05-10T19:35:15Z'], why: 'deleted images cannot be shown' },
  { param: 'property-*', v2: '*', where: 'both', codec: 'property', example: ['property-os=linux', 'os=linux'], why: 'sifted here when the name is a list parameter of v2' },
  { param: 'deleted', v2: null, where: 'ignored', codec: 'none', example: ['deleted=true', ''], why: 'v2 does not show deleted images' },
] as const satisfies readonly FilterRow[];

export const sortKeys = [
  { legacy: 'name', v2: 'name' },
  { legacy: 'status', v2: 'status' },
  { legacy: 'container_format', v2: 'container_format' },
  { legacy: 'disk_format', v2: 'disk_format' },
  { legacy: 'size', v2: 'size' },
  { legacy: 'id', v2: 'id' },
  { legacy: 'created_at', v2: 'created_at' },
  { legacy: 'updated_at', v2: 'updated_at' },
] as const satisfies readonly SortRow[];

/**
 * A v1 property whose name means something else to Glance is kept under this prefix and shown under its own name.
 * v1 allowed any name; v2 would change the base field or refuse.
 */
export const escapePrefix = 'polyglance_v1_';

/** Names, besides Glance's base fields, that v2 refuses or misunderstands as properties. */
export const unusablePropertyNames = ['deleted', 'deleted_at', 'location', ''] as const;

/** Properties that v2 takes only as a UUID or null where its image schema file is installed. */
export const nullableProperties = ['kernel_id', 'ramdisk_id'] as const;

/** Query names of v2's list that a property filter must not be taken for. */
export { listParameters } from './glance-list.ts';

export const differences = [
  { topic: 'Deleted and killed images', native: 'shown to admins, by deleted=, and by changes-since', here: 'never shown; 404', why: 'Glance v2 does not show them' },
  { topic: 'Times and virtual_size given on a reserve', native: 'stored', here: 'checked, then ignored', why: 'read-only in v2' },
  { topic: 'Size declared on a reserve', native: 'verified at a later PUT with data', here: 'checked for form only; a size sent with the data is verified', why: 'a queued v2 image has no size' },
  { topic: 'Size and checksum of an active image', native: 'may be changed by an admin', here: '403 for everyone', why: 'read-only in v2' },
  { topic: 'can_share', native: 'members may be allowed to share on', here: 'always false; members cannot share on', why: 'v2 has no such right' },
  { topic: 'Members seen by a member', native: 'all members', here: 'its own membership', why: 'v2 shows a member its own row only' },
  { topic: 'Formats of an active image', native: 'may be changed', here: '403', why: 'v2 lets them change only while queued' },
  { topic: 'Microseconds', native: 'shown', here: 'always .000000', why: 'v2 shows whole seconds' },
  { topic: 'A location', native: 'registered, the data stays where it is', here: 'fetched and stored before the answer', why: 'v2 locations need a setting and an admin' },
  { topic: 'A wrong size or checksum', native: 'leaves a killed image that HEAD shows', here: 'leaves nothing (POST) or the queued image (PUT)', why: 'v2 has no way to kill an image' },
  { topic: 'POST with data but no formats', native: '400, leaves a queued image', here: '400, leaves nothing', why: 'the leftover was a fault' },
  { topic: 'name=a:b', native: '400', here: 'finds the name a:b', why: 'a value means itself' },
  { topic: 'CR, LF, NUL in a value', native: 'emitted, making extra header lines', here: 'each replaced by a blank in headers, kept in JSON', why: 'header injection' },
  { topic: 'PUT or DELETE by a member of a shared image', native: '500', here: '403', why: 'the fault was not worth keeping' },
  { topic: 'Empty min_ram, PUT members without a body', native: '500', here: '0 and 400', why: 'the fault was not worth keeping' },
  { topic: 'Re-adding a member once removed', native: '204, without effect', here: '204, added', why: 'the fault was not worth keeping' },
  { topic: 'is_public in lists', native: 'admins choose public, non-public or all', here: 'the same where roles are known (embedded identities, Identity service), else ignored', why: 'Glance does not tell who is an admin' },
  { topic: 'Images shared with the project of an admin', native: 'listed for is_public absent or true', here: 'not listed for an admin, who sees every shared image with is_public=None', why: 'Glance does not tell an admin whose share it is' },
  { topic: 'Many writers of one image at once', native: 'the last one wins', here: 'a purging PUT that meets two others may get 409', why: 'one retry, so that no change is lost unseen' },
  { topic: 'Property named like a v2 base field', native: 'stored', here: 'stored as polyglance_v1_NAME in Glance, shown under its own name', why: 'v2 would change the base field' },
  { topic: 'kernel_id and ramdisk_id', native: 'any text', here: '400 unless a UUID or empty, where Glance has its image schema file', why: 'Glance checks them' },
  { topic: 'Property names that are no header tokens', native: 'emitted as they are', here: 'left out of HEAD and GET headers, kept in JSON', why: 'such a header line cannot be written' },
] as const satisfies readonly Difference[];
