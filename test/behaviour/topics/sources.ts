import { describe, expect, it, vi } from 'vitest';
import { type Client, hello, meta, octets, rawFormats } from '../client.ts';

export function sources(v1: Client): void {
  const { source } = v1.target;
  if (!source) {
    it.skip('cannot be fetched from a test here');
    return;
  }
  const copyFrom = (path: string) => ({ 'x-glance-api-copy-from': `${source()}${path}` });
  const location = (path: string) => meta({ location: `${source()}${path}` });
  const statusOf = async (id: string) => (await v1.head(id)).headers['x-image-meta-status'];
  const isActive = (id: string) =>
    vi.waitFor(async () => expect(await statusOf(id)).toBe('active'), { timeout: 5000 });
  const none = async () => expect(await v1.names('property-mark=refused')).toEqual([]);
  const mark = meta({ ...rawFormats, 'property-mark': 'refused' });

  describe('copied from', () => {
    it('answer at once and are active later', async () => {
      const reply = await v1.post({ ...meta(rawFormats), ...copyFrom('/hello') });
      expect(reply.status).toBe(201);
      expect(reply.json.image).toMatchObject({ status: 'queued', size: 5 });
      const { id } = reply.json.image;
      await isActive(id);
      expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
      expect((await v1.head(id)).headers['x-image-meta-checksum']).toBe(hello.md5);
    });

    it('may come in chunks, and by way of a redirect', async () => {
      for (const path of ['/chunked/hello', '/moved/hello']) {
        const { id } = (await v1.post({ ...meta(rawFormats), ...copyFrom(path) })).json.image;
        await isActive(id);
        expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
      }
    });

    it('fill a reserved image', async () => {
      const { id } = await v1.reserve(rawFormats);
      expect((await v1.put(id, copyFrom('/hello'))).status).toBe(200);
      await isActive(id);
    });
  });

  // whether a real Glance downloads is its configuration's affair
  it.runIf(v1.target.isExact)('downloaded by Glance itself are active later', async () => {
    const { id } = await v1.v2Create(rawFormats);
    const json = { method: { name: 'web-download', uri: `${source()}/hello` } };
    expect((await v1.ask('POST', `/v2/images/${id}/import`, { json })).status).toBe(202);
    await isActive(id);
    expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
  });

  describe('at a location', () => {
    it('are active in the answer, and their place is never shown', async () => {
      const reply = await v1.post({ ...meta({ ...rawFormats, name: 'l' }), ...location('/hello') });
      expect(reply.status).toBe(201);
      expect(reply.json.image).toMatchObject({ name: 'l', status: 'active', size: 5 });
      const { id } = reply.json.image;
      expect((await v1.get(`/v1/images/${id}`)).text).toBe(hello.text);
      const shown = [reply.text, (await v1.head(id)).headers, await v1.find(id)];
      expect(JSON.stringify(shown)).not.toContain(source().replace('http://', ''));
    });

    it('activate a queued image', async () => {
      const { id } = await v1.reserve(rawFormats);
      const reply = await v1.put(id, location('/hello'));
      expect([reply.status, reply.json.image.status]).toEqual([200, 'active']);
    });

    it('with the right size are taken, with another refused', async () => {
      const right = { ...mark, ...location('/hello'), ...meta({ size: 5 }) };
      const { image } = (await v1.post(right)).json;
      expect(image.status).toBe('active');
      await v1.remove(image.id);
      expect((await v1.post({ ...right, ...meta({ size: 6 }) })).status).toBe(409);
      await none();
    });

    it('need formats', async () => {
      const reply = await v1.post({
        ...location('/hello'),
        ...meta({ 'property-mark': 'refused' }),
      });
      expect(reply.status).toBe(400);
      await none();
    });
  });

  describe.each([
    ['copied from', copyFrom],
    ['at a location', location],
  ])('%s', (_, from) => {
    it('a path where nothing is are 404, and leave nothing', async () => {
      expect((await v1.post({ ...mark, ...from('/missing') })).status).toBe(404);
      await none();
    });

    it('for an image that is not queued are refused', async () => {
      const { id } = await v1.create(hello.text);
      expect((await v1.put(id, from('/hello'))).status).toBe(400);
    });

    it('together with data are refused', async () => {
      const headers = { ...octets, ...mark, ...from('/hello') };
      expect((await v1.post(headers, { body: hello.text })).status).toBe(400);
      await none();
    });

    it('in circles are refused', async () => {
      expect((await v1.post({ ...mark, ...from('/moved') })).status).toBe(400);
      await none();
    });

    const forbidden = [
      '',
      'file:///etc/passwd',
      'filesystem:///etc/passwd',
      'swift+config://a/b',
      'http://169.254.169.254/latest',
      'http://[::1]/',
      'http://localhost:1/',
      'nonsense',
      'http://127.0.0.1:1/',
    ];
    it.each(forbidden)('"%s" are refused, all with the same words', async (url) => {
      const name = Object.keys(from(''))[0] ?? '';
      const reply = await v1.post({ ...mark, [name]: url, accept: 'application/json' });
      expect(reply.status).toBe(400);
      if (url !== '') expect(reply.text).not.toContain(url);
      await none();
    });

    it('that redirect to what is forbidden are refused', async () => {
      expect((await v1.post({ ...mark, ...from('/movedfile:///etc/passwd') })).status).toBe(400);
      expect((await v1.post({ ...mark, ...from('/movedhttp://[::1]:1/x') })).status).toBe(400);
      await none();
    });
  });

  it('in x-image-meta-copy_from are ignored', async () => {
    const { id } = await v1.reserve({ ...rawFormats, copy_from: `${source()}/hello` });
    expect(await statusOf(id)).toBe('queued');
  });
}
