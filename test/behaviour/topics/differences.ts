import { expect, it } from 'vitest';
import { differences as rows } from '../../../mappings/glance-v1.ts';
import { type Client, hello, meta, octets, props, rawFormats } from '../client.ts';

type DifferenceTopic = (typeof rows)[number]['topic'];

/** What is different on purpose, each shown once; the compiler finds a topic without a test. */
function cases(v1: Client): Readonly<Record<DifferenceTopic, () => Promise<void>>> {
  const { projects, knowsRoles, source } = v1.target;
  return {
    'Deleted and killed images': async () => {
      const { id } = await v1.reserve({ name: 'gone' });
      await v1.remove(id);
      expect((await v1.head(id, { as: 'admin' })).status).toBe(404);
      expect(await v1.names('deleted=True&name=gone', 'admin')).toEqual([]);
      expect(await v1.names('changes-since=2000-01-01&name=gone', 'admin')).toEqual([]);
    },
    'Times and virtual_size given on a reserve': async () => {
      const given = { created_at: '2001-01-01T00:00:00', virtual_size: '7' };
      const image = await v1.reserve(given);
      expect(image['created_at']).not.toMatch(/^2001/);
      expect(image['virtual_size']).toBeNull();
    },
    'Size declared on a reserve': async () => {
      const { id } = await v1.reserve({ ...rawFormats, size: 99 });
      const reply = await v1.put(id, octets, { body: hello.text });
      expect(reply.json.image).toMatchObject({ status: 'active', size: 5 });
      expect((await v1.post(meta({ size: 'x' }))).status).toBe(400);
    },
    'Size and checksum of an active image': async () => {
      const { id } = await v1.create(hello.text);
      for (const given of [{ size: '6' }, { checksum: 'x' }]) {
        expect((await v1.put(id, meta(given), { as: 'admin' })).status).toBe(403);
      }
    },
    can_share: async () => {
      const { id } = await v1.reserve();
      const json = { memberships: [{ member_id: projects.alt, can_share: true }] };
      expect((await v1.ask('PUT', `/v1/images/${id}/members`, { json })).status).toBe(204);
      const { members } = (await v1.get(`/v1/images/${id}/members`)).json;
      expect(members).toEqual([{ member_id: projects.alt, can_share: false }]);
      const onward = `/v1/images/${id}/members/${projects.admin}`;
      expect((await v1.ask('PUT', onward, { as: 'alt' })).status).toBeGreaterThanOrEqual(403);
    },
    'Members seen by a member': async () => {
      const { id } = await v1.reserve();
      await v1.share(id, projects.alt);
      await v1.share(id, projects.admin);
      const { members } = (await v1.get(`/v1/images/${id}/members`, { as: 'alt' })).json;
      expect(members.map((member) => member.member_id)).toEqual([projects.alt]);
    },
    'Formats of an active image': async () => {
      const { id } = await v1.create(hello.text);
      for (const as of ['demo', 'admin'] as const) {
        expect((await v1.put(id, meta({ disk_format: 'qcow2' }), { as })).status).toBe(403);
      }
    },
    Microseconds: async () => {
      const image = await v1.reserve();
      expect(image['created_at']).toMatch(/:\d\d\.000000$/);
      expect(image['updated_at']).toMatch(/:\d\d\.000000$/);
    },
    'A location': async () => {
      if (!source) return;
      const headers = meta({ ...rawFormats, location: `${source()}/hello` });
      const { image } = (await v1.post(headers)).json;
      expect(image).toMatchObject({ status: 'active', size: 5, checksum: hello.md5 });
    },
    'A wrong size or checksum': async () => {
      const wrong = { ...octets, ...meta({ ...rawFormats, checksum: '0'.repeat(32) }) };
      const id = '5a0e3a0b-0000-4000-8000-0000000000bb';
      expect((await v1.post({ ...wrong, ...meta({ id }) }, { body: 'x' })).status).toBe(400);
      expect((await v1.head(id)).status).toBe(404);
      const reserved = await v1.reserve();
      expect((await v1.put(reserved.id, wrong, { body: 'x' })).status).toBe(400);
      expect((await v1.head(reserved.id)).headers['x-image-meta-status']).toBe('queued');
    },
    'POST with data but no formats': async () => {
      const headers = { ...octets, ...meta({ name: 'no formats' }) };
      expect((await v1.post(headers, { body: hello.text })).status).toBe(400);
      expect(await v1.names('name=no%20formats')).toEqual([]);
    },
    'name=a:b': async () => {
      await v1.reserve({ name: 'gt:b' });
      expect(await v1.names('name=gt:b')).toEqual(['gt:b']);
    },
    'CR, LF, NUL in a value': async () => {
      const { id } = await v1.v2Create({ text: 'a\r\nX-Evil: b\u0000c' });
      const { headers } = await v1.head(id);
      expect(headers['x-image-meta-property-text']).toBe('a  X-Evil: b c');
      expect(headers).not.toHaveProperty('x-evil');
      expect((await v1.find(id))?.properties['text']).toBe('a\r\nX-Evil: b\u0000c');
    },
    'PUT or DELETE by a member of a shared image': async () => {
      const { id } = await v1.reserve();
      await v1.share(id, projects.alt);
      expect((await v1.put(id, meta({ name: 'x' }), { as: 'alt' })).status).toBe(403);
      expect((await v1.remove(id, { as: 'alt' })).status).toBe(403);
    },
    'Empty min_ram, PUT members without a body': async () => {
      const image = await v1.reserve({ min_ram: '' });
      expect(image['min_ram']).toBe(0);
      expect((await v1.ask('PUT', `/v1/images/${image.id}/members`)).status).toBe(400);
    },
    'Re-adding a member once removed': async () => {
      const { id } = await v1.reserve();
      await v1.share(id, projects.alt);
      await v1.ask('DELETE', `/v1/images/${id}/members/${projects.alt}`);
      await v1.share(id, projects.alt);
      expect((await v1.head(id, { as: 'alt' })).status).toBe(200);
    },
    'is_public in lists': async () => {
      await v1.reserve({ name: 'of alt' }, 'alt');
      const open = await v1.reserve({ name: 'open', is_public: 'True' }, 'admin');
      const seen = async (word: string) => v1.names(`is_public=${word}&name=open`, 'admin');
      expect(await seen('False')).toEqual(knowsRoles ? [] : ['open']);
      expect(await v1.names('is_public=True&name=of%20alt')).toEqual([]);
      await v1.remove(open.id, { as: 'admin' });
    },
    'Images shared with the project of an admin': async () => {
      if (!knowsRoles) return;
      const { id } = await v1.reserve({ name: 'given' }, 'alt');
      await v1.share(id, projects.admin, 'alt');
      expect(await v1.names('is_public=True&name=given', 'admin')).toEqual([]);
      expect(await v1.names('is_public=None&name=given', 'admin')).toEqual(['given']);
      await v1.remove(id, { as: 'alt' });
    },
    'Many writers of one image at once': async () => {
      const { id } = await v1.reserve({ 'property-p0': '0' });
      const writers = Array.from({ length: 6 }, (_, i) => v1.put(id, props({ [`w${i}`]: '1' })));
      const statuses = (await Promise.all(writers)).map((reply) => reply.status);
      expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
      expect(statuses).toContain(200);
    },
    'Property named like a v2 base field': async () => {
      const { id, properties } = await v1.reserve({ 'property-checksum': 'mine' });
      expect(properties).toEqual({ checksum: 'mine' });
      expect(await v1.v2Show(id)).toMatchObject({ polyglance_v1_checksum: 'mine', checksum: null });
    },
    'kernel_id and ramdisk_id': async () => {
      expect((await v1.post(props({ kernel_id: 'any text' }))).status).toBe(400);
      expect((await v1.post(props({ ramdisk_id: '' }))).status).toBe(201);
    },
    'Property names that are no header tokens': async () => {
      const { id } = await v1.v2Create({ 'a b': '1' });
      expect(JSON.stringify((await v1.head(id)).headers)).not.toContain('a b');
      expect((await v1.find(id))?.properties).toEqual({ 'a b': '1' });
    },
  };
}

export function differences(v1: Client): void {
  const shown = cases(v1);

  it('are each shown here', () => {
    expect(Object.keys(shown).sort()).toEqual(rows.map((row) => row.topic).sort());
  });

  it.each(rows)('$topic: $here', async ({ topic }) => {
    await shown[topic]();
  });
}
