import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedGlance, type ImageStore } from '../../src/embedded/index.ts';
import { Client, sentenceOf, streamOf } from './client.ts';

const md5OfHello = '5d41402abc4b2a76b9719d911017c592';
const octets = { 'content-type': 'application/octet-stream' };

/** What image data does, whatever keeps it. */
export function describeData(storeName: string, makeStore: () => Promise<ImageStore>): void {
  describe(`image data in ${storeName}`, () => {
    let store: ImageStore;
    let client: Client;

    beforeEach(async () => {
      store = await makeStore();
      client = new Client(createEmbeddedGlance({ store }));
    });
    afterEach(() => client.glance.close());

    it('takes a stream and gives it back with its hashes', async () => {
      const { id } = await client.rawImage();
      expect((await client.upload(id, streamOf('he', 'l', 'lo'))).status).toBe(204);
      const image = await client.show(id);
      expect(image).toMatchObject({
        status: 'active',
        size: 5,
        virtual_size: 5,
        checksum: md5OfHello,
        os_hash_algo: 'sha512',
      });
      expect(image.os_hash_value).toMatch(/^9b71d224bd62f378/);
      const reply = await client.ask('GET', `/v2/images/${id}/file`);
      expect(reply.text).toBe('hello');
      expect(reply.headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-length': '5',
        'content-md5': md5OfHello,
      });
    });

    it('is saving while data arrives', async () => {
      const { id } = await client.rawImage();
      const seen: string[] = [];
      const watching = async function* () {
        yield new Uint8Array([1]);
        seen.push((await client.show(id)).status);
        seen.push(sentenceOf(await client.upload(id, 'second')));
      };
      await client.upload(id, watching());
      expect(seen).toEqual([
        'saving',
        'Image status transition from saving to saving is not allowed',
      ]);
    });

    it('takes no data as data of no size', async () => {
      const { id } = await client.rawImage();
      await client.upload(id, streamOf());
      expect(await client.show(id)).toMatchObject({
        status: 'active',
        size: 0,
        virtual_size: null,
      });
      const reply = await client.ask('GET', `/v2/images/${id}/file`);
      expect([reply.status, reply.text]).toEqual([200, '']);
    });

    it('goes back to queued when the sender fails, and takes data again', async () => {
      const { id } = await client.rawImage();
      const broken = async function* () {
        yield new Uint8Array(100_000);
        throw new Error('the sender went away');
      };
      await expect(client.upload(id, broken())).rejects.toThrow('the sender went away');
      expect(await client.show(id)).toMatchObject({ status: 'queued', size: null, checksum: null });
      expect(await store.listBlobs('image')).toEqual([]);
      expect((await client.upload(id, 'hello')).status).toBe(204);
    });

    it('goes back to queued when the caller aborts', async () => {
      const { id } = await client.rawImage();
      const abort = new AbortController();
      const endless = async function* () {
        for (let piece = 0; ; piece += 1) {
          if (piece === 3) abort.abort();
          yield new Uint8Array(1000);
        }
      };
      await expect(client.upload(id, endless(), { signal: abort.signal })).rejects.toThrow();
      expect(await client.show(id)).toMatchObject({ status: 'queued', size: null });
      expect(await store.listBlobs('image')).toEqual([]);
    });

    it('lets go of a sender that is stuck when the caller aborts', async () => {
      const { id } = await client.rawImage();
      const abort = new AbortController();
      const stuck = async function* () {
        yield new Uint8Array(1000);
        setTimeout(() => abort.abort(), 10);
        await new Promise(() => undefined);
      };
      await expect(client.upload(id, stuck(), { signal: abort.signal })).rejects.toThrow();
      expect((await client.show(id)).status).toBe('queued');
    });

    it('refuses a body that is not as long as announced', async () => {
      const { id } = await client.rawImage();
      const headers = { 'content-length': '9' };
      expect((await client.upload(id, streamOf('hello'), { headers })).status).toBe(400);
      expect((await client.show(id)).status).toBe('queued');
    });

    it('leaves nothing of an image that is deleted while it is uploaded', async () => {
      const { id } = await client.rawImage();
      const deleting = async function* () {
        yield new Uint8Array(10);
        await client.ask('DELETE', `/v2/images/${id}`);
        yield new Uint8Array(10);
      };
      const reply = await client.upload(id, deleting());
      expect(reply.status).toBe(410);
      expect(sentenceOf(reply)).toContain('could not be found after upload');
      expect(await store.listBlobs('image')).toEqual([]);
    });

    it('limits the size of an image', async () => {
      const glance = createEmbeddedGlance({ store: await makeStore(), limits: { imageSize: 4 } });
      const small = new Client(glance);
      const { id } = await small.rawImage();
      const reply = await small.upload(id, streamOf('he', 'llo'));
      expect(reply.status).toBe(413);
      expect((await small.show(id)).status).toBe('queued');
      await glance.close();
    });

    it('gives parts of the data', async () => {
      const { id } = await client.rawImage();
      await client.upload(id, streamOf('01', '23456', '789'));
      const part = (range: string) =>
        client.ask('GET', `/v2/images/${id}/file`, { headers: { range } });
      const found: [string, number, string | undefined, string][] = [];
      for (const range of ['bytes=1-2', 'bytes=7-', 'bytes=-3', 'bytes=0-99', 'bytes=-99']) {
        const reply = await part(range);
        found.push([range, reply.status, reply.headers['content-range'], reply.text]);
      }
      expect(found).toEqual([
        ['bytes=1-2', 206, 'bytes 1-2/10', '12'],
        ['bytes=7-', 206, 'bytes 7-9/10', '789'],
        ['bytes=-3', 206, 'bytes 7-9/10', '789'],
        ['bytes=0-99', 206, 'bytes 0-9/10', '0123456789'],
        ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
      ]);
      expect((await part('bytes=10-')).status).toBe(416);
      expect((await part('lines=1-2')).status).toBe(416);
      expect((await part('bytes=0-1,3-4')).status).toBe(400);
    });

    it('imports staged data', async () => {
      const { id } = await client.rawImage();
      const target = `/v2/images/${id}/stage`;
      const staged = await client.ask('PUT', target, { headers: octets, body: streamOf('hello') });
      expect(staged.status).toBe(204);
      expect(await client.show(id)).toMatchObject({ status: 'uploading', size: 5, checksum: null });
      const json = { method: { name: 'glance-direct' } };
      expect((await client.ask('POST', `/v2/images/${id}/import`, { json })).status).toBe(202);
      await expect.poll(async () => (await client.show(id)).status).toBe('active');
      expect(await client.show(id)).toMatchObject({
        checksum: md5OfHello,
        os_glance_importing_to_stores: '',
        os_glance_failed_import: '',
      });
      await expect.poll(() => store.listBlobs('staged')).toEqual([]);
    });

    it('serves what it kept after a restart, and never an id again', async () => {
      const kept = await client.rawImage({ name: 'kept', __proto__x: 'y', tags: ['t'] });
      await client.upload(kept.id, 'hello');
      const gone = await client.image();
      await client.ask('DELETE', `/v2/images/${gone.id}`);
      await client.glance.close();
      const next = new Client(createEmbeddedGlance({ store }));
      expect(await next.show(kept.id)).toMatchObject({ name: 'kept', tags: ['t'], size: 5 });
      expect((await next.ask('GET', `/v2/images/${kept.id}/file`)).text).toBe('hello');
      const again = await next.ask('POST', '/v2/images', { json: { id: gone.id } });
      expect(again.status).toBe(409);
    });
  });
}
