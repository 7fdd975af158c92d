/** Query names that v2's list takes as parameters, so that a property of the same name cannot be asked for. */
export const listParameters = ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'tag', 'visibility', 'member_status', 'size_min', 'size_max', 'changes-since', 'is_public', 'deleted', 'os_hidden', 'protected', 'fields', 'properties', 'members', 'locations'] as const;
