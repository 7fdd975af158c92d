/** Nova's image proxy over Glance v2: fields, statuses, filters, metadata rules and faults, as data. */
import type { FaultKind } from './faults.ts';
import type { Difference, FieldRow, FilterRow, SortRow, StatusRow } from './rows.ts';

export const title = 'Compute API: images and image metadata (Nova image proxy)';

/** In the order in which Nova shows them; `links`, `server` and the like are made in code. */
export const fields = [
  { legacy: 'id', v2: 'id', dir: 'read', codec: 'verbatim', example: ['70a599e0-31e7-49b7-b260-868f441e862b', '70a599e0-31e7-49b7-b260-868f441e862b'], why: '' },
  { legacy: 'name', v2: 'name', dir: 'read', codec: 'verbatim', example: ['cirros', 'cirros'], why: 'null when unset' },
  { legacy: 'minRam', v2: 'min_ram', dir: 'read', codec: 'count', example: [64, 64], why: 'MiB; 0 when unset' },
  { legacy: 'minDisk', v2: 'min_disk', dir: 'read', codec: 'count', example: [1, 1], why: 'GiB; 0 when unset' },
  { legacy: 'created', v2: 'created_at', dir: 'read', codec: 'verbatim', example: ['2011-01-01T01:02:03Z', '2011-01-01T01:02:03Z'], why: '' },
  { legacy: 'updated', v2: 'updated_at', dir: 'read', codec: 'verbatim', example: ['2011-01-01T01:02:03Z', '2011-01-01T01:02:03Z'], why: '' },
  { legacy: 'status', v2: 'status', dir: 'read', codec: 'status', example: ['SAVING', 'queued'], why: 'a status without a word of its own is UNKNOWN' },
  { legacy: 'progress', v2: 'status', dir: 'read', codec: 'progress', example: [25, 'queued'], why: 'a fixed percentage for each status' },
  { legacy: 'OS-EXT-IMG-SIZE:size', v2: 'size', dir: 'read', codec: 'bytes', example: [74185822, 74185822], why: 'bytes; 0 when there is no data' },
  { legacy: null, v2: 'visibility', dir: 'absent', why: 'not shown; metadata writes leave it alone' },
  { legacy: null, v2: 'protected', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'os_hidden', dir: 'absent', why: 'not shown; hidden images stay out of lists' },
  { legacy: null, v2: 'checksum', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'os_hash_algo', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'os_hash_value', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'owner', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'virtual_size', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'container_format', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'disk_format', dir: 'absent', why: 'not shown' },
  { legacy: null, v2: 'tags', dir: 'absent', why: 'not shown; metadata writes leave them alone' },
  { legacy: null, v2: 'direct_url', dir: 'absent', why: 'may hold store credentials' },
  { legacy: null, v2: 'locations', dir: 'absent', why: 'may hold store credentials' },
  { legacy: null, v2: 'self', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'file', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'schema', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'stores', dir: 'absent', why: 'not shown' },
] as const satisfies readonly FieldRow[];

/** Fields of the brief list, besides `links`. */
export const briefFields = ['id', 'name'] as const;

/** The word for a status of Glance that has no row. */
export const unknownStatus = 'UNKNOWN';

export const statuses = [
  { v2: 'queued', legacy: 'SAVING', progress: 25, data: 'none', why: 'created without data' },
  { v2: 'saving', legacy: 'SAVING', progress: 50, data: 'none', why: 'data is arriving' },
  { v2: 'active', legacy: 'ACTIVE', progress: 100, data: 'yes', why: 'usable' },
  { v2: 'killed', legacy: 'ERROR', progress: 0, data: 'none', why: 'an upload that failed' },
  { v2: 'deleted', legacy: 'DELETED', progress: 0, data: 'none', why: 'Glance says 404 first' },
  { v2: 'pending_delete', legacy: 'DELETED', progress: 0, data: 'none', why: 'Glance says 404 first' },
  { v2: 'uploading', legacy: 'UNKNOWN', progress: 0, data: 'none', why: 'Nova never learned it' },
  { v2: 'importing', legacy: 'UNKNOWN', progress: 0, data: 'none', why: 'Nova never learned it' },
  { v2: 'deactivated', legacy: 'UNKNOWN', progress: 0, data: 'refused', why: 'Nova never learned it' },
] as const satisfies readonly StatusRow[];

export const filters = [
  { param: 'name', v2: 'name', where: 'glance', codec: 'literal', example: ['name=in:a,b', 'name=eq:in:a,b'], why: 'exact; a value means itself' },
  { param: 'status', v2: 'status', where: 'both', codec: 'status-or-build', example: ['status=ACTIVE', 'status=eq:active'], why: "Glance's words in any case, and BUILDING and ERROR for builds; Nova's other words find nothing" },
  { param: 'minRam', v2: 'min_ram', where: 'glance', codec: 'any-count', example: ['minRam=64', 'min_ram=64'], why: 'equality; what is no number finds nothing' },
  { param: 'minDisk', v2: 'min_disk', where: 'glance', codec: 'any-count', example: ['minDisk=2', 'min_disk=2'], why: 'equality; what is no number finds nothing' },
  { param: 'server', v2: 'instance_uuid', where: 'glance', codec: 'last-segment', example: ['server=http://nova.example/servers/4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f', 'instance_uuid=4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f'], why: 'an id or a URL that ends in it; never opened' },
  { param: 'type', v2: 'image_type', where: 'glance', codec: 'property', example: ['type=snapshot', 'image_type=snapshot'], why: 'only an explicit property counts' },
  { param: 'changes-since', v2: 'updated_at', where: 'glance', codec: 'since-or-at', example: ['changes-since=2011-01-24T17:08Z', 'updated_at=gte:2011-01-24T17:08:00Z'], why: 'ISO 8601, a date alone too' },
  { param: 'osname', v2: 'build_osname', where: 'both', codec: 'exact-property', example: ['osname=Fedora', 'build_osname=Fedora'], why: 'of a built image; letter case counts' },
  { param: 'osversion', v2: 'build_osversion', where: 'both', codec: 'exact-property', example: ['osversion=37', 'build_osversion=37'], why: 'of a built image; letter case counts' },
  { param: 'osarch', v2: 'build_osarch', where: 'both', codec: 'exact-property', example: ['osarch=x86_64', 'build_osarch=x86_64'], why: 'of a built image; letter case counts' },
  { param: 'property-*', v2: '*', where: 'both', codec: 'property', example: ['property-hw_kind=disk', 'hw_kind=disk'], why: 'sifted here when the name is a list parameter of v2' },
] as const satisfies readonly FilterRow[];

/** Nova ignores sort parameters and keeps Glance's order. */
export const sortKeys = [] as const satisfies readonly SortRow[];

/** The name under which a fault's status appears; any other is `computeFault`. */
export const faultNames = [
  { status: 400, name: 'badRequest' },
  { status: 401, name: 'unauthorized' },
  { status: 403, name: 'forbidden' },
  { status: 404, name: 'itemNotFound' },
  { status: 405, name: 'badMethod' },
  { status: 409, name: 'conflictingRequest' },
  { status: 413, name: 'overLimit' },
  { status: 415, name: 'badMediaType' },
  { status: 429, name: 'overLimit' },
  { status: 501, name: 'notImplemented' },
  { status: 503, name: 'serviceUnavailable' },
] as const;

/** Rules of metadata items. */
export const metadataRules = { longestKey: 255, longestValue: 255, mostItems: 128, mostBytes: 114_688 } as const;

/** Microversions: what is spoken, and from which on the proxy is gone. */
export const microversions = { lowest: 1, highest: 93, imagesGoneFrom: 36, metadataGoneFrom: 39 } as const;

/** What a metadata key answers that Glance would take for something else. `ignored`: 200, nothing stored, as Nova did. */
export const reservedKeys: readonly { readonly key: string; readonly answer: 'ignored' | Extract<FaultKind, 'bad-request' | 'forbidden'>; readonly why: string }[] = [
  ...['id', 'name', 'owner', 'visibility', 'disk_format', 'container_format', 'min_disk', 'min_ram', 'checksum', 'os_hidden', 'os_hash_algo', 'os_hash_value', 'image_id', 'remove_props'].map((key) => ({ key, answer: 'ignored' as const, why: 'Nova answered 200 and stored nothing' })),
  ...['status', 'file', 'schema', 'created_at', 'updated_at', 'deleted', 'deleted_at', 'location', 'direct_url', 'stores'].map((key) => ({ key, answer: 'forbidden' as const, why: 'Glance refuses it' })),
  ...['protected', 'tags', 'size', 'self', 'locations', 'virtual_size'].map((key) => ({ key, answer: 'bad-request' as const, why: 'Nova answered 500' })),
];

/** Keys whose empty or `none` value Nova skipped. */
export const skippedWhenNone = ['kernel_id', 'ramdisk_id'] as const;

/** Properties that hold JSON text and are shown as what it says. */
export const jsonProperties = ['mappings', 'block_device_mapping'] as const;

/** Query names of v2's list that a property filter must not be taken for. */
export { listParameters } from './glance-list.ts';

export const differences = [
  { topic: 'Visibility after a metadata write', native: 'a shared or community image becomes private', here: 'left alone', why: 'the fault was not worth keeping' },
  { topic: 'Metadata keys protected, tags, size, self, locations, virtual_size', native: '500', here: '400', why: 'bad input is no server fault' },
  { topic: 'kernel_id and ramdisk_id that are no UUID', native: '500', here: '400', why: 'bad input is no server fault' },
  { topic: 'What Glance refuses with 400', native: '500', here: '400', why: 'bad input is no server fault' },
  { topic: 'mappings and block_device_mapping that hold no JSON', native: '500, for the whole list', here: 'shown as text', why: 'one image must not hide the others' },
  { topic: 'property-NAME filters', native: "strip leading letters of the set 'property-' from NAME", here: 'strip the prefix only', why: 'property-os_type found nothing' },
  { topic: 'A query that is not UTF-8', native: '500', here: 'read with replacement characters', why: 'bad input is no server fault' },
  { topic: 'Exactly 1000 images without a limit', native: 'a next link, though nothing follows', here: 'no link without a limit', why: 'the link led nowhere' },
  { topic: 'DELETE of an image in use', native: '500', here: '409 conflictingRequest', why: "it is Glance's conflict" },
  { topic: 'Replacing the metadata of an imported image', native: "403, for Glance's own os_glance_* properties", here: 'works; those stay', why: 'Glance keeps them for itself' },
  { topic: 'Filter values', native: "Glance's operators leak through (name=in:a,b)", here: 'a value means itself', why: 'legacy values are literal' },
  { topic: 'Glance out of reach', native: '500', here: '502, 503 or 504', why: 'says more' },
  { topic: 'A replacement that gives a new key the value of one it removes', native: '500', here: 'works', why: 'the fault was not worth keeping' },
  { topic: 'Metadata keys status and stores', native: '500', here: '403', why: 'bad input is no server fault' },
  { topic: 'Property filters with an empty value, or named like a list parameter of v2', native: 'find nothing, or 400', here: 'find what they say', why: 'a filter means itself' },
  { topic: 'Keys beyond ASCII', native: 'cannot be addressed singly', here: 'can', why: 'nothing stands in the way' },
  { topic: 'A path with an encoded slash or dots, without a token', native: '401', here: '404', why: 'no such path goes any further' },
  { topic: 'A semicolon in a query', native: 'separates parameters', here: 'is part of the value', why: 'as every newer client means it' },
  { topic: 'The project in the path', native: "must be the token's", here: 'the same where callers are known (embedded identities, Identity service); else not checked', why: 'Glance does not tell whose token it is; the token alone decides what is seen' },
] as const satisfies readonly Difference[];
