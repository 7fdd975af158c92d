import { expect, it } from 'vitest';
import { type Client, hello, nobody } from '../client.ts';

export function downloads(v1: Client): void {
  it('come with the metadata in headers', async () => {
    const { id } = await v1.create(hello.text, { name: 'n', 'property-os': 'linux' });
    const reply = await v1.get(`/v1/images/${id}`);
    expect([reply.status, reply.text]).toEqual([200, hello.text]);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '5',
      etag: hello.md5,
      'x-image-meta-id': id,
      'x-image-meta-name': 'n',
      'x-image-meta-size': '5',
      'x-image-meta-checksum': hello.md5,
      'x-image-meta-status': 'active',
      'x-image-meta-disk_format': 'raw',
      'x-image-meta-property-os': 'linux',
    });
  });

  it('have the same headers as HEAD', async () => {
    const { id } = await v1.create(hello.text, { name: 'n', 'property-os': 'linux' });
    const picked = (headers: Readonly<Record<string, string>>) =>
      Object.entries(headers).filter(([name]) => /^x-image-meta-|^etag$/.test(name));
    const head = await v1.head(id);
    expect(head.status).toBe(200);
    expect(picked(head.headers)).toEqual(picked((await v1.get(`/v1/images/${id}`)).headers));
  });

  it('are whole, whatever range is asked for', async () => {
    const { id } = await v1.create(hello.text);
    const reply = await v1.get(`/v1/images/${id}`, { headers: { range: 'bytes=1-2' } });
    expect([reply.status, reply.text]).toEqual([200, hello.text]);
    expect(reply.headers).not.toHaveProperty('content-range');
    expect(reply.headers).not.toHaveProperty('accept-ranges');
    expect(reply.headers).not.toHaveProperty('content-md5');
  });

  it('are not conditional', async () => {
    const { id } = await v1.create(hello.text);
    const headers = { 'if-none-match': hello.md5 };
    expect((await v1.get(`/v1/images/${id}`, { headers })).status).toBe(200);
  });

  it('of a queued image are 404, and HEAD is not', async () => {
    const { id } = await v1.reserve();
    expect((await v1.get(`/v1/images/${id}`)).status).toBe(404);
    expect((await v1.head(id)).status).toBe(200);
  });

  it('of a deactivated image are 403 for everyone, and HEAD is not', async () => {
    const { id } = await v1.create(hello.text);
    const act = (action: string) =>
      v1.ask('POST', `/v2/images/${id}/actions/${action}`, { as: 'admin' });
    expect((await act('deactivate')).status).toBe(204);
    expect((await v1.get(`/v1/images/${id}`)).status).toBe(403);
    expect((await v1.get(`/v1/images/${id}`, { as: 'admin' })).status).toBe(403);
    expect((await v1.head(id)).headers['x-image-meta-status']).toBe('deactivated');
    expect((await act('reactivate')).status).toBe(204);
    expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
  });

  it('of a staged image are 404; v1 calls it saving', async () => {
    const { id } = await v1.v2Create({ disk_format: 'raw', container_format: 'bare' });
    const staged = await v1.ask('PUT', `/v2/images/${id}/stage`, {
      headers: { 'content-type': 'application/octet-stream' },
      body: hello.text,
    });
    expect(staged.status).toBe(204);
    expect((await v1.head(id)).headers['x-image-meta-status']).toBe('saving');
    expect((await v1.get(`/v1/images/${id}`)).status).toBe(404);
  });

  it.each([nobody, 'junk'])('of %s are 404', async (id) => {
    expect((await v1.get(`/v1/images/${id}`)).status).toBe(404);
    expect((await v1.head(id)).status).toBe(404);
  });

  it('of what cannot be seen are 404', async () => {
    const { id } = await v1.create(hello.text);
    expect((await v1.get(`/v1/images/${id}`, { as: 'alt' })).status).toBe(404);
    expect((await v1.head(id, { as: 'alt' })).status).toBe(404);
  });

  it('need a token', async () => {
    const { id } = await v1.create(hello.text);
    expect((await v1.get(`/v1/images/${id}`, { as: null })).status).toBe(401);
    expect((await v1.head(id, { as: null })).status).toBe(401);
  });
}
