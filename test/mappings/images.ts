import { glanceFields } from '../../mappings/glance-image.ts';
import { type Image, readImage } from '../../src/core/image.ts';

/** An image as Glance's JSON has it; what is given overrides. */
export function imageDocument(given: Readonly<Record<string, unknown>> = {}) {
  return {
    id: '3f1c9d55-6b7e-4a63-9a44-0f5b4b0c7a11',
    name: 'cirros',
    status: 'active',
    visibility: 'shared',
    protected: false,
    os_hidden: false,
    checksum: '8d777f385d3dfec8815d20f7496026dc',
    os_hash_algo: 'sha512',
    os_hash_value: 'ab'.repeat(64),
    owner: '0d000000000000000000000000000002',
    size: 10,
    virtual_size: 20,
    container_format: 'bare',
    disk_format: 'raw',
    created_at: '2016-05-10T21:35:15Z',
    updated_at: '2016-05-10T21:35:16Z',
    tags: [],
    min_ram: 0,
    min_disk: 0,
    self: '/v2/images/3f1c9d55-6b7e-4a63-9a44-0f5b4b0c7a11',
    file: '/v2/images/3f1c9d55-6b7e-4a63-9a44-0f5b4b0c7a11/file',
    schema: '/v2/schemas/image',
    ...given,
  };
}

/** The same, read. */
export function imageOf(given: Readonly<Record<string, unknown>> = {}): Image {
  const image = readImage(imageDocument(given));
  if (!image) throw new TypeError('no image');
  return image;
}

/** Every base field of Glance that an image document can hold. */
export const fieldNames: readonly string[] = glanceFields.map((field) => field.name);
