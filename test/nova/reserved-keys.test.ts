import { describe, expect, it } from 'vitest';
import { reservedKeys, skippedWhenNone } from '../../mappings/nova.ts';
import { answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { type Options, useNova, useScripted } from './setting.ts';

const nova = useNova();
const statusOf = { ignored: 200, forbidden: 403, 'bad-request': 400 } as const;

const path = (id: string) => `/v2.1/images/${id}/metadata`;
const waysToWrite = (id: string, key: string, value: string): [string, Options][] => [
  [`POST ${path(id)}`, { json: { metadata: { fine: 'yes', [key]: value } } }],
  [`PUT ${path(id)}`, { json: { metadata: { fine: 'yes', [key]: value } } }],
  [`PUT ${path(id)}/${key}`, { json: { meta: { [key]: value } } }],
];

const behind = async (id: string) => {
  const { updated_at: _, fine: __, ...rest } = await nova.behind(id);
  return rest;
};

describe.each(reservedKeys)('the key $key', ({ key, answer: told }) => {
  it(`is ${told}, and never changes the base field`, async () => {
    const id = await nova.make({ name: 'n' });
    const before = await behind(id);
    for (const [line, options] of waysToWrite(id, key, 'changed')) {
      const got = await nova.ask(line, options);
      expect([line.split(' ')[0], got.status]).toEqual([line.split(' ')[0], statusOf[told]]);
      if (told === 'forbidden') {
        expect(got.json.forbidden.message).toBe(`Not authorized for image ${id}.`);
      }
      if (told === 'ignored' && line.startsWith('PUT')) {
        expect(JSON.stringify(got.json)).toContain(`"${key}":"changed"`);
      }
      expect(await behind(id)).toEqual(before);
    }
    const { metadata } = (await nova.ask(`GET ${path(id)}`)).json;
    expect(metadata).toEqual(told === 'ignored' ? { fine: 'yes' } : {});
  });
});

describe('keys that Glance keeps for itself', () => {
  it.each(['os_glance_x', 'os_glance_import_task', 'os_glance_'])('%s is 403', async (key) => {
    const id = await nova.make();
    for (const [line, options] of waysToWrite(id, key, 'v')) {
      expect((await nova.ask(line, options)).status).toBe(403);
    }
  });

  const scripted = useScripted();
  const own = { os_glance_importing_to_stores: '', os_glance_failed_import: '' };

  it('stay when the whole set is replaced', async () => {
    scripted.glance.on('GET', /./, answer(200, cannedImage({ ...own, old: 'v' })));
    const got = await scripted.ask(`PUT ${path(imageId)}`, { json: { metadata: { new: 'v' } } });
    expect([got.status, got.json]).toEqual([200, { metadata: { new: 'v' } }]);
    const [patch] = scripted.glance.calls('PATCH');
    expect(JSON.parse(patch?.text ?? '')).toEqual([
      { op: 'add', path: '/new', value: 'v' },
      { op: 'remove', path: '/old' },
    ]);
  });

  it('are shown, and may be sent back as they are', async () => {
    scripted.glance.on('GET', /./, answer(200, cannedImage({ ...own, old: 'v' })));
    const shown = await scripted.ask(`GET ${path(imageId)}`);
    expect(shown.json.metadata).toEqual({ ...own, old: 'v' });
    const got = await scripted.ask(`PUT ${path(imageId)}`, { json: shown.json });
    expect(got.status).toBe(200);
    expect(scripted.glance.calls('PATCH')).toHaveLength(0);
  });

  it('stay when an imported image of the embedded Glance is rewritten', async () => {
    const id = await nova.make();
    const headers = { 'content-type': 'application/octet-stream' };
    await nova.ask(`PUT /v2/images/${id}/stage`, { headers, text: 'staged' });
    const json = { method: { name: 'glance-direct' } };
    expect((await nova.ask(`POST /v2/images/${id}/import`, { json })).status).toBe(202);
    await expect.poll(async () => (await nova.behind(id))['status']).toBe('active');
    const got = await nova.ask(`PUT ${path(id)}`, { json: { metadata: { k: 'v' } } });
    expect(got.status).toBe(200);
    const { metadata } = (await nova.ask(`GET ${path(id)}`)).json;
    expect(metadata['k']).toBe('v');
  });
});

describe.each(skippedWhenNone)('%s', (key) => {
  it.each(['', 'none', 'None', 'NONE'])('"%s" is skipped', async (value) => {
    const id = await nova.make();
    for (const [line, options] of waysToWrite(id, key, value)) {
      expect((await nova.ask(line, options)).status).toBe(200);
    }
    expect((await nova.ask(`GET ${path(id)}`)).json.metadata).toEqual({ fine: 'yes' });
  });

  it('must be a UUID', async () => {
    const id = await nova.make();
    for (const [line, options] of waysToWrite(id, key, 'vmlinuz')) {
      const got = await nova.ask(line, options);
      expect([got.status, Object.keys(got.json)]).toEqual([400, ['badRequest']]);
    }
    const uuid = '4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f';
    const got = await nova.ask(`POST ${path(id)}`, { json: { metadata: { [key]: uuid } } });
    expect(got.json).toEqual({ metadata: { [key]: uuid } });
  });
});

describe('what Glance refuses with 400', () => {
  const scripted = useScripted();

  it('is 400 with its sentence', async () => {
    scripted.glance.on('PATCH', /./, answer(400, { message: 'Not within the basic plane.' }));
    const got = await scripted.ask(`POST ${path(imageId)}`, { json: { metadata: { k: '😀' } } });
    expect(got.status).toBe(400);
    expect(got.json.badRequest.message).toBe('Not within the basic plane.');
  });
});

describe('several mistakes in one set', () => {
  const many = Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`k${i}`, 'v']));

  it('too many items are told before a reserved key, when merging', async () => {
    const id = await nova.make();
    const got = await nova.ask(`POST ${path(id)}`, { json: { metadata: { tags: 'x', ...many } } });
    expect(got.status).toBe(403);
  });

  // right: as in Nova, the quota stands before the write; now a reserved key is found first
  it('too many items are told before a reserved key, when replacing', async () => {
    const id = await nova.make();
    const got = await nova.ask(`PUT ${path(id)}`, { json: { metadata: { tags: 'x', ...many } } });
    expect(got.status).toBe(403);
  });

  it('nothing is stored when one key is refused', async () => {
    const id = await nova.make({ k: 'v' });
    const got = await nova.ask(`POST ${path(id)}`, {
      json: { metadata: { fine: 'yes', tags: 'x' } },
    });
    expect(got.status).toBe(400);
    expect((await nova.ask(`GET ${path(id)}`)).json.metadata).toEqual({ k: 'v' });
  });
});
