import { expect, it } from 'vitest';
import { type Client, hello, meta, nobody } from '../client.ts';

export function deleting(v1: Client): void {
  it('answers 200 without a body, where v2 says 204', async () => {
    const { id } = await v1.create(hello.text);
    const reply = await v1.remove(id);
    expect([reply.status, reply.text]).toEqual([200, '']);
  });

  it('ends every way to the image', async () => {
    const { id } = await v1.create(hello.text);
    await v1.remove(id);
    for (const as of ['demo', 'admin'] as const) {
      expect((await v1.head(id, { as })).status).toBe(404);
      expect((await v1.get(`/v1/images/${id}`, { as })).status).toBe(404);
      expect((await v1.put(id, meta({ name: 'x' }), { as })).status).toBe(404);
      expect((await v1.remove(id, { as })).status).toBe(404);
      expect(await v1.find(id, as)).toBeUndefined();
    }
  });

  it('takes a queued image too', async () => {
    const { id } = await v1.reserve();
    expect((await v1.remove(id)).status).toBe(200);
  });

  it('of a protected image is forbidden until it is protected no more', async () => {
    const { id } = await v1.reserve({ protected: 'True' });
    expect((await v1.remove(id)).status).toBe(403);
    expect((await v1.put(id, meta({ protected: 'False' }))).status).toBe(200);
    expect((await v1.remove(id)).status).toBe(200);
  });

  it("of someone else's image is 403 when it can be seen and 404 when not", async () => {
    const open = await v1.reserve({ is_public: 'True' }, 'admin');
    const own = await v1.reserve();
    expect((await v1.remove(open.id)).status).toBe(403);
    expect((await v1.remove(own.id, { as: 'alt' })).status).toBe(404);
    expect((await v1.head(own.id)).status).toBe(200);
  });

  it.each([nobody, 'junk', '%20', 'ü'].map(encodeURI))('of %s is 404', async (id) => {
    expect((await v1.remove(id)).status).toBe(404);
  });
}
