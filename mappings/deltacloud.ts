/** Deltacloud's images over Glance v2: fields, states, filters and errors, as data. */
import type { Difference, FieldRow, FilterRow, SortRow, StatusRow } from './rows.ts';

export const title = 'Deltacloud: images';

/** What the server says it is; old clients' tests compare the two. */
export const release = '1.1.3';
export const driver = 'openstack';

/** In the order of the XML document. */
export const fields = [
  { legacy: 'id', v2: 'id', dir: 'read', codec: 'verbatim', example: ['70a599e0-31e7-49b7-b260-868f441e862b', '70a599e0-31e7-49b7-b260-868f441e862b'], why: 'also in href' },
  { legacy: 'name', v2: 'name', dir: 'read', codec: 'text', example: ['cirros', 'cirros'], why: 'empty in XML and null in JSON when unset' },
  { legacy: 'description', v2: 'name', dir: 'read', codec: 'text', example: ['cirros', 'cirros'], why: 'the name again, as the OpenStack driver had it' },
  { legacy: 'owner_id', v2: null, dir: 'constant', value: null, why: "the caller's own user name, whoever owns the image; `owner` in JSON" },
  { legacy: 'architecture', v2: null, dir: 'constant', value: 'x86_64', why: 'from the property architecture where it is an x86, else x86_64' },
  { legacy: 'state', v2: 'status', dir: 'read', codec: 'status', example: ['SAVING', 'queued'], why: 'a status without a word of its own is UNKNOWN' },
  { legacy: 'creation_time', v2: 'created_at', dir: 'read', codec: 'verbatim', example: ['2014-01-31T10:20:30Z', '2014-01-31T10:20:30Z'], why: 'ISO 8601' },
  { legacy: 'hardware_profiles', v2: null, dir: 'constant', value: null, why: 'none without Nova: an empty element, an empty list' },
  { legacy: 'root_type', v2: null, dir: 'constant', value: 'transient', why: 'always, for OpenStack' },
  { legacy: null, v2: 'owner', dir: 'absent', why: 'a project, which Deltacloud does not know' },
  { legacy: null, v2: 'visibility', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'protected', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'os_hidden', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'checksum', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'os_hash_algo', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'os_hash_value', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'size', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'virtual_size', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'container_format', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'disk_format', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'updated_at', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'tags', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'direct_url', dir: 'absent', why: 'may hold store credentials' },
  { legacy: null, v2: 'min_ram', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'min_disk', dir: 'absent', why: 'cannot be expressed' },
  { legacy: null, v2: 'self', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'file', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'schema', dir: 'absent', why: 'a v2 link' },
  { legacy: null, v2: 'locations', dir: 'absent', why: 'may hold store credentials' },
  { legacy: null, v2: 'stores', dir: 'absent', why: 'cannot be expressed' },
] as const satisfies readonly FieldRow[];

/** The word for a status of Glance that has no row. */
export const unknownStatus = 'UNKNOWN';

export const statuses = [
  { v2: 'queued', legacy: 'SAVING', data: 'none', why: 'created without data' },
  { v2: 'saving', legacy: 'SAVING', data: 'none', why: 'data is arriving' },
  { v2: 'active', legacy: 'ACTIVE', data: 'yes', why: 'usable' },
  { v2: 'killed', legacy: 'ERROR', data: 'none', why: 'an upload that failed' },
  { v2: 'deleted', legacy: 'DELETED', data: 'none', why: 'Glance says 404 first' },
  { v2: 'pending_delete', legacy: 'DELETED', data: 'none', why: 'Glance says 404 first' },
  { v2: 'uploading', legacy: 'UNKNOWN', data: 'none', why: 'no word of its own' },
  { v2: 'importing', legacy: 'UNKNOWN', data: 'none', why: 'no word of its own' },
  { v2: 'deactivated', legacy: 'UNKNOWN', data: 'refused', why: 'no word of its own' },
] as const satisfies readonly StatusRow[];

/** Values of the property architecture that are 32-bit x86; everything else is shown as the default. */
export const architectures = { i386: ['i386', 'i486', 'i586', 'i686'], byDefault: 'x86_64' } as const;

export const filters = [
  { param: 'owner_id', v2: null, where: 'gateway', codec: 'none', example: ['owner_id=self', ''], why: "the caller's user name or self: everything; any other value: nothing" },
  { param: 'architecture', v2: null, where: 'gateway', codec: 'none', example: ['architecture=i386', ''], why: 'as shown' },
  { param: 'id', v2: null, where: 'gateway', codec: 'none', example: ['id=70a599e0-31e7-49b7-b260-868f441e862b', ''], why: 'one image or none' },
] as const satisfies readonly FilterRow[];

export const sortKeys = [] as const satisfies readonly SortRow[];

/** Class names of the error document in JSON, by status. */
export const errorClasses = [
  { status: 400, name: 'ValidationFailure' },
  { status: 401, name: 'AuthenticationFailure' },
  { status: 403, name: 'ForbiddenError' },
  { status: 404, name: 'ObjectNotFound' },
  { status: 405, name: 'MethodNotAllowed' },
  { status: 406, name: 'UnknownMediaTypeError' },
  { status: 409, name: 'Conflict' },
  { status: 501, name: 'NotImplemented' },
  { status: 502, name: 'ProviderError' },
  { status: 503, name: 'ProviderError' },
  { status: 504, name: 'ProviderTimeout' },
] as const;

/** Parameters of the operations, as OPTIONS tells them. */
export const operations = [
  { name: 'index', parameters: ['owner_id:string:optional', 'architecture:string:optional', 'id:string:optional'] },
  { name: 'show', parameters: ['id:string:required'] },
  { name: 'create', parameters: ['instance_id:string:required', 'name:string:optional', 'description:string:optional'] },
  { name: 'destroy', parameters: ['id:string:required'] },
] as const;

export const differences = [
  { topic: 'Markup characters in names', native: 'written as they are, which breaks the document', here: 'escaped; characters that XML cannot hold are left out', why: 'one name must not hide the whole list' },
  { topic: 'The architecture filter', native: 'ignored', here: 'applied', why: 'as documented' },
  { topic: 'architecture', native: 'always x86_64', here: 'i386 where the image says so', why: 'the documented values' },
  { topic: 'hardware_profiles', native: 'every flavor of Nova', here: 'none; the collection is not announced', why: 'there need not be a Nova' },
  { topic: 'Other collections', native: 'instances, realms, keys and so on', here: 'images only, and only they are announced', why: 'clients call what is announced' },
  { topic: 'A create without Compute', native: '501', here: '501; with the embedded Image service the record is made, without data', why: 'a snapshot is taken by Nova' },
  { topic: 'JSON answer to a create', native: '500, after the image was made', here: '201', why: 'the fault was not worth keeping' },
  { topic: 'Malformed credentials', native: '500', here: '401', why: 'bad input is no server fault' },
  { topic: 'POST to /api/images;instance_id=ID', native: '400', here: '201', why: 'it is the link that the server printed' },
  { topic: 'DELETE of an unknown or protected image', native: '500', here: '404 or 403', why: 'says more, and clients know them' },
  { topic: 'More than 1000 images', native: "cut off at Nova's limit", here: 'all of them', why: 'the dialect has no paging' },
  { topic: 'X-Deltacloud-Provider', native: 'the address to dial', here: 'ignored', why: 'server-side request forgery' },
  { topic: 'Backtrace in errors', native: 'the stack of the server', here: 'empty', why: 'tells of the inside' },
  { topic: 'X-Backend-Runtime', native: 'seconds spent on the cloud', here: 'not sent', why: 'tells of the inside; the access log has it' },
  { topic: 'HTML', native: 'a jQuery Mobile site', here: 'plain pages', why: 'for people who look' },
  { topic: 'GET /api/images/new', native: 'an HTML form', here: '404', why: 'browsers only' },
] as const satisfies readonly Difference[];
