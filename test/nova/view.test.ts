import { describe, expect, it } from 'vitest';
import { glanceFields } from '../../mappings/glance-image.ts';
import { fields, jsonProperties, statuses, unknownStatus } from '../../mappings/nova.ts';
import type { FieldRow } from '../../mappings/rows.ts';
import { createCodecs } from '../../src/core/codecs.ts';
import { compileLens } from '../../src/core/lens.ts';
import { answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { imageOf } from '../mappings/images.ts';
import { projects, useNova, useScripted } from './setting.ts';

const rows: readonly FieldRow[] = fields;
const lens = compileLens(fields, createCodecs(statuses, unknownStatus));

describe('a field row', () => {
  const travelling = rows.flatMap(({ legacy, v2, example }) =>
    legacy !== null && v2 !== null && example ? [{ legacy, v2, example }] : [],
  );

  it.each(travelling)('shows $v2 as $legacy', ({ legacy, v2, example: [shown, stored] }) => {
    expect(lens.show(imageOf({ [v2]: stored }))[legacy]).toBe(shown);
  });

  it('accounts for every field of Glance', () => {
    const accounted = new Set(rows.map((row) => row.v2));
    expect(glanceFields.filter(({ name }) => !accounted.has(name))).toEqual([]);
  });

  it.each(rows)('never writes $v2', ({ legacy, dir }) => {
    expect(['read', 'absent']).toContain(dir);
    if (legacy !== null) expect(lens.write(legacy, 'anything')).toBeUndefined();
  });
});

const nova = useScripted();
const shown = async (attributes: Record<string, unknown>, root = '/v2.1') => {
  nova.glance.on('GET', /images\/[^/?]+$/, answer(200, cannedImage(attributes)));
  nova.glance.on('GET', /images\?/, answer(200, { images: [cannedImage(attributes)] }));
  const { image } = (await nova.ask(`GET ${root}/images/${imageId}`)).json;
  const detail = (await nova.ask(`GET ${root}/images/detail`)).json.images[0];
  expect(detail).toEqual(image);
  return image;
};

describe('an image', () => {
  it('has these fields and no others', async () => {
    const image = await shown({
      direct_url: 'file:///secret',
      locations: [{ url: 'file:///secret', metadata: {} }],
      os_hash_algo: 'sha512',
      os_hash_value: 'x',
      stores: 'a',
      tags: ['t'],
      os_distro: 'debian',
    });
    expect(image).toEqual({
      id: imageId,
      name: 'canned',
      minRam: 0,
      minDisk: 0,
      created: '2020-01-02T03:04:05Z',
      updated: '2020-01-02T03:04:05Z',
      status: 'ACTIVE',
      progress: 100,
      'OS-EXT-IMG-SIZE:size': 10,
      metadata: { os_distro: 'debian' },
      links: expect.any(Array),
    });
  });

  it('has null for no name, and 0 for no size and no minimum', async () => {
    const image = await shown({ name: null, size: null, min_ram: null, min_disk: null });
    expect(image).toMatchObject({ name: null, 'OS-EXT-IMG-SIZE:size': 0, minRam: 0, minDisk: 0 });
  });

  it.each([...statuses, { v2: 'nonsense', legacy: unknownStatus, progress: 0 }])(
    'that is $v2 is $legacy at $progress',
    async ({ v2, legacy, progress }) => {
      expect(await shown({ status: v2 })).toMatchObject({ status: legacy, progress });
    },
  );

  it('has the well-known properties of Glance as metadata', async () => {
    const known = {
      kernel_id: null,
      ramdisk_id: '4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f',
      architecture: 'x86_64',
      os_version: '1',
      description: 'd',
      cinder_encryption_key_id: '4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f',
    };
    expect((await shown(known)).metadata).toEqual(known);
  });

  it('keeps the order in which Glance has the properties', async () => {
    const { metadata } = await shown({ z: '1', a: '2', m: '3' });
    expect(Object.keys(metadata)).toEqual(['z', 'a', 'm']);
  });

  it('shows keys and texts that could not be written here', async () => {
    const odd = { 'a/b': 'x', ü: '→', 'long value': 'v'.repeat(300), '': 'empty' };
    expect((await shown(odd)).metadata).toEqual(odd);
  });
});

describe.each(jsonProperties)('%s', (name) => {
  it.each([
    ['[{"virtual": "ami", "device": "sda1"}]', [{ virtual: 'ami', device: 'sda1' }]],
    ['[]', []],
    ['{"a": 1}', { a: 1 }],
    ['1', 1],
  ])('%s is shown as what it says', async (text, value) => {
    expect((await shown({ [name]: text })).metadata).toEqual({ [name]: value });
    const { meta } = (await nova.ask(`GET /v2.1/images/${imageId}/metadata/${name}`)).json;
    expect(meta).toEqual({ [name]: value });
  });

  it.each(['', 'no json', '[', '{'])('"%s" is shown as it is', async (text) => {
    expect((await shown({ [name]: text })).metadata).toEqual({ [name]: text });
    const all = await nova.ask(`GET /v2.1/images/${imageId}/metadata`);
    expect(all.json).toEqual({ metadata: { [name]: text } });
  });
});

describe('a snapshot', () => {
  const uuid = '4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f';
  const snapshot = {
    instance_uuid: uuid,
    base_image_ref: 'b',
    image_type: 'snapshot',
    user_id: 'u',
    image_location: 'snapshot',
    image_state: 'available',
    owner_id: 'o',
  };

  it.each(['/v2.1', `/v2.1/${projects.demo}`, `/v2/${projects.demo}`])(
    'below %s names its server',
    async (root) => {
      const image = await shown(snapshot, root);
      const project = root.replace(/^\/v2(\.1)?/, '');
      expect(image['server']).toEqual({
        id: uuid,
        links: [
          { rel: 'self', href: `${nova.url}${root}/servers/${uuid}` },
          { rel: 'bookmark', href: `${nova.url}${project}/servers/${uuid}` },
        ],
      });
      expect(image.metadata).toEqual(snapshot);
    },
  );

  it('is none without instance_uuid', async () => {
    const { instance_uuid: _, ...rest } = snapshot;
    expect(await shown(rest)).not.toHaveProperty('server');
  });
});

describe('OS-DCF:diskConfig', () => {
  const auto = ['1', 't', 'true', 'on', 'y', 'yes', 'True', 'YES', 'oN'];
  const manual = ['0', 'f', 'false', 'off', 'n', 'no', '', 'auto', 'yes!', '2'];

  it.each(auto.map((text) => [text]))('is AUTO for %s', async (text) => {
    expect((await shown({ auto_disk_config: text }))['OS-DCF:diskConfig']).toBe('AUTO');
  });

  it.each(manual.map((text) => [text]))('is MANUAL for "%s"', async (text) => {
    expect((await shown({ auto_disk_config: text }))['OS-DCF:diskConfig']).toBe('MANUAL');
  });

  // right: blanks around the word do not count, as in Python's strip; now they make it MANUAL
  it('is AUTO for a word with blanks around it', async () => {
    expect((await shown({ auto_disk_config: ' true ' }))['OS-DCF:diskConfig']).toBe('AUTO');
  });

  it('is not there without the property', async () => {
    expect(await shown({})).not.toHaveProperty('OS-DCF:diskConfig');
  });
});

describe('links', () => {
  it.each([
    '/v2.1',
    `/v2.1/${projects.demo}`,
    `/v2/${projects.demo}`,
    '/compute/v2',
    '/compute/v2.1',
  ])('below %s lead back, without the version, and to Glance', async (root) => {
    const { links } = await shown({}, root);
    const prefix = root.startsWith('/compute') ? '/compute' : '';
    const project = root.includes(projects.demo) ? `/${projects.demo}` : '';
    expect(links).toEqual([
      { rel: 'self', href: `${nova.url}${root}/images/${imageId}` },
      { rel: 'bookmark', href: `${nova.url}${prefix}${project}/images/${imageId}` },
      {
        rel: 'alternate',
        type: 'application/vnd.openstack.image',
        href: `${nova.url}/images/${imageId}`,
      },
    ]);
  });

  it('of the brief list are the same', async () => {
    const { links } = await shown({});
    const brief = (await nova.ask('GET /v2.1/images')).json.images;
    expect(brief).toEqual([{ id: imageId, name: 'canned', links }]);
  });

  it('lead to the self link of one that was asked for with two slashes', async () => {
    nova.glance.on('GET', /./, answer(200, cannedImage()));
    const got = await nova.raw(`GET /v2.1//images/${imageId}`);
    expect(got.json.image.links[0]?.href).toBe(`${nova.url}/v2.1/images/${imageId}`);
  });
});

describe('links with a public address', () => {
  const addressed = useNova({ publicUrl: 'https://cloud.example/base/' });

  it('begin with it', async () => {
    const id = await addressed.make();
    const { links } = (await addressed.ask(`GET /compute/v2.1/images/${id}`)).json.image;
    expect(links.map(({ href }) => href)).toEqual([
      `https://cloud.example/base/compute/v2.1/images/${id}`,
      `https://cloud.example/base/compute/images/${id}`,
      `https://cloud.example/base/images/${id}`,
    ]);
    const page = (await addressed.ask('GET /v2.1/images?limit=1')).json;
    expect(page.images_links?.[0]?.href).toBe(
      `https://cloud.example/base/v2.1/images?limit=1&marker=${id}`,
    );
  });
});
