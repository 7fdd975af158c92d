/** The ways of import that are offered, as `GET /v2/info/import` and new images list them. */
export const importMethods: readonly string[] = ['glance-direct', 'web-download', 'copy-image'];
