/** How many ids the loads go through, so that no cache by URL is what gets measured. */
export const manyIds = 10_000;

/** The nth image id. */
export function imageId(n: number): string {
  return `3f2a9c10-5b7e-4c1d-8a6f-${n.toString(16).padStart(12, '0')}`;
}

/** Ids with data of their own kind, outside of the many. */
export const dataIds = {
  length: imageId(0xa00001),
  chunked: imageId(0xa00002),
  /** A small file, for warming up. */
  warm: imageId(0xa00003),
  /** A smaller one, for many transfers at once. */
  small: imageId(0xa00004),
} as const;

/** Size of that file: enough for Node to have compiled what it runs most. */
export const warmBytes = 256 * 1024 * 1024;

/** Size of the file for many at once. */
export const smallBytes = 32 * 1024 * 1024;

/** The token whose bearer sees {@link fewImages} images in all. */
export const fewToken = 'few';
export const fewImages = 25;

/** Canned documents and how many images each holds. */
export const documents = {
  'image.json': 0,
  'list-1.json': 1,
  'list-25.json': 25,
  'list-1000.json': 1000,
  'few.json': 25,
} as const;

export type DocumentName = keyof typeof documents;

/** One image as Glance v2 shows it, about 1 KB, every base field and six properties. */
export function image(n: number, dataBytes: number): Record<string, unknown> {
  const id = imageId(n);
  return {
    hw_disk_bus: 'virtio',
    hw_vif_model: 'virtio',
    os_distro: 'debian',
    os_version: '12',
    architecture: 'x86_64',
    build_note: `weekly build ${n}`,
    name: `debian-12-generic-amd64-${n}`,
    disk_format: 'raw',
    container_format: 'bare',
    visibility: 'public',
    size: dataBytes,
    virtual_size: dataBytes,
    status: 'active',
    checksum: '5f363e0e58a95f06cbe9bbc662c5dfb6',
    protected: false,
    min_ram: 512,
    min_disk: 2,
    owner: 'f1d5b0c0a7c64e0c9f0b5a1f7f2f4c11',
    os_hidden: false,
    os_hash_algo: 'sha512',
    os_hash_value: '9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7'.repeat(2),
    id,
    created_at: '2026-01-05T08:12:44Z',
    updated_at: '2026-01-05T08:13:02Z',
    tags: ['weekly', 'cloud'],
    self: `/v2/images/${id}`,
    file: `/v2/images/${id}/file`,
    schema: '/v2/schemas/image',
  };
}

/** A page of `count` images; out of many it has a `next`, as Glance gives one. */
export function page(count: number, dataBytes: number, many = count > 0): Record<string, unknown> {
  const images = Array.from({ length: count }, (_, n) => image(n, dataBytes));
  return {
    images,
    first: `/v2/images?limit=${count}`,
    ...(many && { next: `/v2/images?marker=${imageId(count - 1)}&limit=${count}` }),
    schema: '/v2/schemas/images',
  };
}
