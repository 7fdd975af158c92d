import { expect, it } from 'vitest';
import { type Client, hello, meta, nobody } from '../client.ts';

export function members(v1: Client): void {
  const { demo, alt, admin } = v1.target.projects;
  const listOf = async (id: string, as: 'demo' | 'alt' | 'admin' = 'demo') =>
    (await v1.get(`/v1/images/${id}/members`, { as })).json.members;
  const member = (project: string) => ({ member_id: project, can_share: false });
  const replace = (id: string, json: unknown, as: 'demo' | 'alt' = 'demo') =>
    v1.ask('PUT', `/v1/images/${id}/members`, { as, json });

  it('are none at first', async () => {
    const { id } = await v1.reserve();
    const reply = await v1.get(`/v1/images/${id}/members`);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({ members: [] });
  });

  it('are added without a body, and again without harm', async () => {
    const { id } = await v1.reserve();
    const path = `/v1/images/${id}/members/${alt}`;
    for (let times = 0; times < 2; times += 1) {
      const reply = await v1.ask('PUT', path);
      expect([reply.status, reply.text]).toEqual([204, '']);
    }
    expect(await listOf(id)).toEqual([member(alt)]);
  });

  it('are added with a body that says can_share', async () => {
    const { id } = await v1.reserve();
    const json = { member: { can_share: true } };
    expect((await v1.ask('PUT', `/v1/images/${id}/members/${alt}`, { json })).status).toBe(204);
    expect(await listOf(id)).toEqual([member(alt)]);
  });

  it('see the image at once, without accepting it', async () => {
    const image = await v1.create(hello.text, { name: 'for alt' });
    expect((await v1.head(image.id, { as: 'alt' })).status).toBe(404);
    await v1.share(image.id, alt);
    expect((await v1.head(image.id, { as: 'alt' })).status).toBe(200);
    expect((await v1.get(`/v1/images/${image.id}`, { as: 'alt' })).text).toBe(hello.text);
    expect(await v1.names('name=for%20alt', 'alt')).toEqual(['for alt']);
  });

  it('may not change or delete the image', async () => {
    const { id } = await v1.reserve();
    await v1.share(id, alt);
    expect((await v1.put(id, meta({ name: 'x' }), { as: 'alt' })).status).toBe(403);
    expect((await v1.remove(id, { as: 'alt' })).status).toBe(403);
  });

  it('lose the image when they are removed', async () => {
    const { id } = await v1.reserve();
    await v1.share(id, alt);
    expect((await v1.ask('DELETE', `/v1/images/${id}/members/${alt}`)).status).toBe(204);
    expect((await v1.head(id, { as: 'alt' })).status).toBe(404);
    expect(await listOf(id)).toEqual([]);
  });

  it('that are none cannot be removed', async () => {
    const { id } = await v1.reserve();
    expect((await v1.ask('DELETE', `/v1/images/${id}/members/${alt}`)).status).toBe(404);
    await v1.share(id, alt);
    expect((await v1.ask('DELETE', `/v1/images/${id}/members/${admin}`)).status).toBe(404);
  });

  // there are no members, so there is none to remove: 404, whatever the visibility
  it.each(['private', 'community'])('of a %s image cannot be removed', async (visibility) => {
    const { id } = await v1.v2Create({ visibility });
    expect((await v1.ask('DELETE', `/v1/images/${id}/members/${alt}`)).status).toBe(404);
  });

  it('are replaced as a list', async () => {
    const { id } = await v1.reserve();
    await v1.share(id, admin);
    const reply = await replace(id, {
      memberships: [{ member_id: alt, can_share: true }, { member_id: 'third' }],
    });
    expect([reply.status, reply.text]).toEqual([204, '']);
    const names = (await listOf(id)).map((each) => each.member_id);
    expect(names.sort()).toEqual([alt, 'third'].sort());
    expect((await replace(id, { memberships: [] })).status).toBe(204);
    expect(await listOf(id)).toEqual([]);
  });

  it('are taken once however often the list names them', async () => {
    const { id } = await v1.reserve();
    const memberships = [{ member_id: alt }, { member_id: alt }];
    expect((await replace(id, { memberships })).status).toBe(204);
    expect(await listOf(id)).toEqual([member(alt)]);
  });

  it.each([
    '{',
    '[]',
    'null',
    '{}',
    '{"memberships": {}}',
    '{"memberships": [{}]}',
    '{"memberships": [null]}',
    '{"memberships": [{"member_id": 7}]}',
  ])('cannot be replaced by %s', async (body) => {
    const { id } = await v1.reserve();
    await v1.share(id, alt);
    expect((await v1.ask('PUT', `/v1/images/${id}/members`, { body })).status).toBe(400);
    expect(await listOf(id)).toEqual([member(alt)]);
  });

  it('cannot be added by malformed JSON', async () => {
    const { id } = await v1.reserve();
    const reply = await v1.ask('PUT', `/v1/images/${id}/members/${alt}`, { body: '{' });
    expect(reply.status).toBe(400);
    expect(await listOf(id)).toEqual([]);
  });

  it('of a private image of v2 make it shared', async () => {
    const { id } = await v1.v2Create({ visibility: 'private' });
    expect(await listOf(id)).toEqual([]);
    await v1.share(id, alt);
    expect((await v1.v2Show(id))['visibility']).toBe('shared');
    expect(await listOf(id)).toEqual([member(alt)]);
  });

  it('of a public image are none, and there can be none', async () => {
    const { id } = await v1.reserve({ is_public: 'True' }, 'admin');
    expect(await listOf(id, 'admin')).toEqual([]);
    expect(await listOf(id)).toEqual([]);
    const reply = await v1.ask('PUT', `/v1/images/${id}/members/${alt}`, { as: 'admin' });
    expect(reply.status).toBe(403);
  });

  it('cannot share on', async () => {
    const { id } = await v1.reserve();
    await v1.share(id, alt);
    const reply = await v1.ask('PUT', `/v1/images/${id}/members/${admin}`, { as: 'alt' });
    expect([403, 404]).toContain(reply.status);
    expect(await listOf(id)).toEqual([member(alt)]);
  });

  it("are nobody else's to set", async () => {
    const { id } = await v1.reserve({ is_public: 'True' }, 'admin');
    const one = `/v1/images/${id}/members/${alt}`;
    for (const reply of [
      await v1.ask('PUT', one),
      await v1.ask('DELETE', one),
      await replace(id, { memberships: [{ member_id: alt }] }),
    ]) {
      expect([403, 404]).toContain(reply.status);
    }
  });

  // an empty list changes nothing, but who may not set the list is to be told so all the same
  it("are nobody else's to set, not even to none", async () => {
    const { id } = await v1.reserve({ is_public: 'True' }, 'admin');
    expect([403, 404]).toContain((await replace(id, { memberships: [] })).status);
  });

  it('see their own membership only', async () => {
    const { id } = await v1.reserve();
    await v1.share(id, alt);
    await v1.share(id, admin);
    expect(await listOf(id, 'alt')).toEqual([member(alt)]);
    expect(await listOf(id, 'admin')).toHaveLength(2);
  });

  it('of what is not there, or not to be seen, are 404', async () => {
    const { id } = await v1.reserve();
    for (const [image, as] of [
      [nobody, 'demo'],
      ['junk', 'demo'],
      [id, 'alt'],
    ] as const) {
      expect((await v1.get(`/v1/images/${image}/members`, { as })).status).toBe(404);
      const one = `/v1/images/${image}/members/${demo}`;
      expect((await v1.ask('PUT', one, { as })).status).toBe(404);
      expect((await v1.ask('DELETE', one, { as })).status).toBe(404);
      expect((await replace(image, { memberships: [] }, as)).status).toBe(404);
    }
  });

  it.runIf(v1.target.isExact)('may have any name, and only that member is meant', async () => {
    const { id } = await v1.reserve();
    const name = 'a b+ü?#';
    const path = `/v1/images/${id}/members/${encodeURIComponent(name)}`;
    expect((await v1.ask('PUT', path)).status).toBe(204);
    expect(await listOf(id)).toEqual([member(name)]);
    expect((await v1.ask('DELETE', path)).status).toBe(204);
  });
}

export function sharedImages(v1: Client): void {
  const { demo, alt } = v1.target.projects;
  const sharedWith = async (project: string, as: 'demo' | 'alt' | 'admin') => {
    const reply = await v1.get(`/v1/shared-images/${project}`, { as });
    expect(reply.status).toBe(200);
    return reply.json.shared_images;
  };

  it('are none where nothing is shared', async () => {
    expect(await sharedWith('nobody', 'demo')).toEqual([]);
  });

  it('are told to the member, the owner and an admin', async () => {
    const image = await v1.reserve();
    await v1.reserve();
    await v1.share(image.id, alt);
    const expected = [{ image_id: image.id, can_share: false }];
    expect(await sharedWith(alt, 'alt')).toEqual(expected);
    expect(await sharedWith(alt, 'demo')).toEqual(expected);
    expect(await sharedWith(alt, 'admin')).toEqual(expected);
    expect(await sharedWith(demo, 'demo')).toEqual([]);
    await v1.remove(image.id);
    expect(await sharedWith(alt, 'alt')).toEqual([]);
  });

  it('are told whatever the member has answered', async () => {
    const image = await v1.reserve();
    await v1.share(image.id, alt);
    const answer = `/v2/images/${image.id}/members/${alt}`;
    for (const status of ['accepted', 'rejected']) {
      await v1.ask('PUT', answer, { as: 'alt', json: { status } });
      expect(await sharedWith(alt, 'alt')).toEqual([{ image_id: image.id, can_share: false }]);
    }
    await v1.remove(image.id);
  });

  it('are many without any lost', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      const { id } = await v1.reserve();
      await v1.share(id, alt);
      ids.push(id);
    }
    const found = (await sharedWith(alt, 'demo')).map((each) => each.image_id);
    expect(found.sort()).toEqual(ids.sort());
  });

  it('need a token', async () => {
    expect((await v1.get(`/v1/shared-images/${alt}`, { as: null })).status).toBe(401);
  });
}
