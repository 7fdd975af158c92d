import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anImage, answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { jsonOf, useFakeGlance } from './setting.ts';

const pollution = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
];
const reserved = [
  ...'visibility owner status id locations direct_url self file schema tags name size'.split(' '),
  ...'protected os_hidden checksum min_ram disk_format stores os_hash_value created_at'.split(' '),
  'deleted',
  'location',
  'os_glance_import_task',
];

describe('property names that mean something to a program', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());
  const token = { 'x-auth-token': 'demo-token' };
  const ask = (target: string, init: RequestInit = {}) =>
    fetch(gateway.url + target, {
      ...init,
      headers: { ...token, ...(init.headers as Record<string, string>) },
    });
  const reserve = async (names: readonly string[]) => {
    const headers = Object.fromEntries(names.map((name) => [`x-image-meta-property-${name}`, 'v']));
    const made = await ask('/v1/images', { method: 'POST', headers });
    expect(made.status).toBe(201);
    return (await jsonOf<{ image: { id: string; properties: Record<string, string> } }>(made))
      .image;
  };

  it('round-trip as plain data', async () => {
    const { id } = await reserve(pollution.map((name) => name.toLowerCase()));
    const head = await ask(`/v1/images/${id}`, { method: 'HEAD' });
    for (const name of pollution) {
      expect(head.headers.get(`x-image-meta-property-${name.toLowerCase()}`)).toBe('v');
    }
    const list = await (await ask('/v1/images/detail')).text();
    for (const name of pollution) expect(list).toContain(`"${name.toLowerCase()}":"v"`);
    // the same by way of v2, with capitals
    const text = `{${pollution.map((name) => `"${name}":"w"`).join(',')}}`;
    const made = await ask('/v2/images', {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json' },
    });
    expect(made.status).toBe(201);
    const detail = await (await ask('/v1/images/detail')).text();
    for (const name of pollution) expect(detail).toContain(`"${name}":"w"`);
    expect(Object.keys({})).toEqual([]);
    expect(({} as Record<string, unknown>)['v']).toBeUndefined();
    expect(String({})).toBe('[object Object]');
  });

  it('never change a base field when they bear its name, and come back under it', async () => {
    const { id, properties } = await reserve(reserved);
    expect(Object.keys(properties).sort()).toEqual([...reserved].sort());
    const image = await jsonOf<Record<string, unknown>>(await ask(`/v2/images/${id}`));
    expect(image).toMatchObject({
      id,
      status: 'queued',
      visibility: 'shared',
      owner: '0d000000000000000000000000000002',
      protected: false,
      tags: [],
    });
    const headers = Object.fromEntries(reserved.map((n) => [`x-image-meta-property-${n}`, 'w']));
    const put = await ask(`/v1/images/${id}`, { method: 'PUT', headers });
    expect(put.status).toBe(200);
    const after = await jsonOf<Record<string, unknown>>(await ask(`/v2/images/${id}`));
    for (const name of ['status', 'visibility', 'owner', 'protected', 'tags', 'name', 'size']) {
      expect(after[name]).toEqual(image[name]);
    }
  });

  it('two updates at once lose no property', async () => {
    const { id } = await reserve(['first']);
    const puts = Array.from({ length: 12 }, (_, i) =>
      ask(`/v1/images/${id}`, {
        method: 'PUT',
        headers: {
          'x-glance-registry-purge-props': 'false',
          [`x-image-meta-property-p${i}`]: String(i),
        },
      }),
    );
    for (const put of await Promise.all(puts)) expect(put.status).toBe(200);
    const image = await jsonOf<Record<string, unknown>>(await ask(`/v2/images/${id}`));
    for (let i = 0; i < 12; i += 1) expect(image[`p${i}`]).toBe(String(i));
    expect(image['first']).toBe('v');
  });
});

describe('patches that v1 updates become', () => {
  const place = useFakeGlance();
  const patchOf = async (headers: Record<string, string>) => {
    await place.ask(`/v1/images/${imageId}`, { method: 'PUT', headers });
    return JSON.parse(place.glance.calls('PATCH')[0]?.text ?? '[]');
  };

  it('address exactly the property meant', async () => {
    const odd = { 'a/b': '1', 'a~b': '2', 'tags/0': '3', 'locations/-': '4', '~1': '5' };
    place.glance.on('GET', anImage, answer(200, cannedImage(odd)));
    expect(await patchOf({})).toEqual([
      { op: 'remove', path: '/a~1b' },
      { op: 'remove', path: '/a~0b' },
      { op: 'remove', path: '/tags~10' },
      { op: 'remove', path: '/locations~1-' },
      { op: 'remove', path: '/~01' },
    ]);
    place.glance.reset();
    expect(await patchOf({ 'x-image-meta-property-tags~0': 'x' })).toEqual([
      { op: 'add', path: '/tags~00', value: 'x' },
    ]);
  });

  it('never write status, id, size, checksum or times', async () => {
    const core = {
      'x-image-meta-size': '10',
      'x-image-meta-status': 'active',
      'x-image-meta-deleted': 'true',
      'x-image-meta-created_at': '2011-01-01T00:00:00',
      'x-image-meta-updated_at': '2011-01-01T00:00:00',
      'x-image-meta-virtual_size': '99',
      'x-image-meta-id': imageId,
    };
    expect(await patchOf({ ...core, 'x-image-meta-name': 'new' })).toEqual([
      { op: 'replace', path: '/name', value: 'new' },
    ]);
  });

  it('two spellings of a field with different values are 400, in both orders', async () => {
    for (const names of [
      ['x-image-meta-disk_format', 'x-image-meta-disk-format'],
      ['x-image-meta-disk-format', 'x-image-meta-disk_format'],
      ['x-image-meta-property-a_b', 'x-image-meta-property-a-b'],
    ]) {
      const [one = '', two = ''] = names;
      const headers = { [one]: 'raw', [two]: 'qcow2' };
      const got = await place.ask('/v1/images', { method: 'POST', headers });
      expect(got.status).toBe(400);
      const same = { [one]: 'raw', [two]: 'raw' };
      expect((await place.ask('/v1/images', { method: 'POST', headers: same })).status).toBe(201);
    }
  });
});
