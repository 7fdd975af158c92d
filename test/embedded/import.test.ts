import { describe, expect, it } from 'vitest';
import { defaultImportFilter } from '../../src/core/import-filter.ts';
import { createOpenSource, type OpenSource } from '../../src/core/source.ts';
import { MemoryStore } from '../../src/embedded/index.ts';
import { type Client, freshClient, sentenceOf, streamOf } from './client.ts';

const uri = 'http://images.test/a.raw';

function web(client: Client, id: string, source: unknown = uri) {
  const json = { method: { name: 'web-download', uri: source } };
  return client.ask('POST', `/v2/images/${id}/import`, { json });
}

/** Imports, and waits for the work that goes on after the answer, as a platform does that is asked to. */
async function finished(client: Client, id: string, stop = new AbortController()): Promise<void> {
  const work: Promise<unknown>[] = [];
  const json = { method: { name: 'web-download', uri } };
  const background = (each: (stop: AbortSignal) => Promise<unknown>) => {
    work.push(each(stop.signal));
  };
  await client.ask('POST', `/v2/images/${id}/import`, { json, background });
  expect(work).toHaveLength(1);
  await work[0];
}

type Page = { status?: number; location?: string; length?: string; data?: string };

/** A source that answers from a table of URLs. */
function sourceOf(pages: Record<string, Page>): { fetched: string[]; openSource: OpenSource } {
  const fetched: string[] = [];
  const openSource = createOpenSource(defaultImportFilter, async ({ href }) => {
    fetched.push(href);
    const page = pages[href] ?? { status: 404 };
    return {
      status: page.status ?? 200,
      location: page.location,
      contentLength: page.length,
      body: streamOf(page.data ?? ''),
    };
  });
  return { fetched, openSource };
}

describe('web-download', () => {
  it('fetches data in the background', async () => {
    const { openSource } = sourceOf({ [uri]: { data: 'hello', length: '5' } });
    const client = freshClient({ openSource });
    const { id } = await client.rawImage();
    expect((await web(client, id)).status).toBe(202);
    await expect.poll(async () => (await client.show(id)).status).toBe('active');
    const image = await client.show(id);
    expect(image).toMatchObject({
      size: 5,
      checksum: '5d41402abc4b2a76b9719d911017c592',
      os_glance_importing_to_stores: '',
      os_glance_failed_import: '',
    });
    expect(image).not.toHaveProperty('os_glance_import_task');
    const { json } = await client.ask('GET', `/v2/images/${id}/tasks`);
    expect(json.tasks).toMatchObject([
      { type: 'api_image_import', status: 'success', image_id: id, message: 'Copied 0 MiB' },
    ]);
  });

  it('is importing while the source is slow, and takes no second import', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const openSource: OpenSource = async () => {
      await gate;
      return { body: streamOf('x'), length: undefined };
    };
    const client = freshClient({ openSource });
    const { id } = await client.rawImage();
    await web(client, id);
    await expect.poll(async () => (await client.show(id)).status).toBe('importing');
    expect((await client.show(id))['os_glance_import_task']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await web(client, id)).status).toBe(409);
    release();
    await expect.poll(async () => (await client.show(id)).status).toBe('active');
  });

  it.each([
    ['answers an error', { [uri]: { status: 500 } }],
    ['is shorter than announced', { [uri]: { data: 'hello', length: '9' } }],
    [
      'redirects to an inner address',
      { [uri]: { status: 302, location: 'http://169.254.169.254/' } },
    ],
    ['redirects without end', { [uri]: { status: 302, location: uri } }],
  ])('leaves a queued image when the source %s', async (_what, pages) => {
    const { openSource, fetched } = sourceOf(pages);
    const client = freshClient({ openSource });
    const { id } = await client.rawImage();
    expect((await web(client, id)).status).toBe(202);
    const tasks = async () => (await client.ask('GET', `/v2/images/${id}/tasks`)).json.tasks;
    await expect.poll(async () => (await tasks())[0]?.['status']).toBe('failure');
    expect(await client.show(id)).toMatchObject({
      status: 'queued',
      size: null,
      os_glance_failed_import: '',
    });
    expect(fetched.every((url) => url === uri)).toBe(true);
  });

  it('follows a redirect that passes the filter', async () => {
    const { openSource } = sourceOf({
      [uri]: { status: 302, location: '/b.raw' },
      'http://images.test/b.raw': { data: 'hello' },
    });
    const client = freshClient({ openSource });
    const { id } = await client.rawImage();
    await web(client, id);
    await expect.poll(async () => (await client.show(id)).status).toBe('active');
  });

  it.each([
    null,
    5,
    '',
    'x',
    'file:///etc/passwd',
    'ftp://images.test/x',
    'http:///x',
    'http:\\\\images.test/',
    'http:images.test/',
    'http://images.te\tst/',
    'http://images.test:8080/',
    'http://127.0.0.1/x',
    'http://user@127.0.0.1/x',
    'http://10.0.0.1/x',
    'http://192.168.1.1/x',
    'http://[fd00::1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fe80::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://0.0.0.0/',
  ])('refuses %j at once', async (source) => {
    const { openSource, fetched } = sourceOf({});
    const client = freshClient({ openSource });
    const { id } = await client.rawImage();
    const reply = await web(client, id, source);
    expect([reply.status, sentenceOf(reply)]).toEqual([
      400,
      `URI for web-download does not pass filtering: ${source ?? 'None'}`.trim(),
    ]);
    expect(fetched).toEqual([]);
    expect((await client.show(id)).status).toBe('queued');
  });

  it('keeps the image when its task cannot be reported', async () => {
    const { openSource } = sourceOf({ [uri]: { data: 'hello' } });
    const store = new MemoryStore();
    const save = store.save.bind(store);
    let writes = 0;
    store.save = async (table, id, text) => {
      if (table === 'tasks' && ++writes > 1) throw new Error('full');
      await save(table, id, text);
    };
    const client = freshClient({ store, openSource });
    const { id } = await client.rawImage();
    await finished(client, id);
    expect((await client.show(id)).status).toBe('active');
    expect((await client.ask('GET', `/v2/images/${id}/file`)).text).toBe('hello');
  });

  it('ends when there is no more time for it, and leaves the image queued', async () => {
    const stop = new AbortController();
    const openSource: OpenSource = async () => ({
      length: undefined,
      body: (async function* () {
        yield new Uint8Array(5);
        setImmediate(() => stop.abort());
        await new Promise(() => undefined);
      })(),
    });
    const client = freshClient({ openSource });
    const { id } = await client.rawImage();
    await finished(client, id, stop);
    expect((await client.show(id)).status).toBe('queued');
  });

  it('leaves nothing of an image that is deleted meanwhile', async () => {
    const holder: { client?: Client; id?: string } = {};
    const openSource: OpenSource = async () => ({
      length: undefined,
      body: (async function* () {
        yield new Uint8Array(5);
        await holder.client?.ask('DELETE', `/v2/images/${holder.id}`);
        yield new Uint8Array(5);
      })(),
    });
    const client = freshClient({ openSource });
    holder.client = client;
    holder.id = (await client.rawImage()).id;
    await web(client, holder.id);
    const tasks = async () =>
      (await client.ask('GET', '/v2/tasks', { token: 'admin-token' })).json.tasks;
    await expect.poll(async () => (await tasks())[0]?.['status']).toBe('failure');
    expect((await client.ask('GET', `/v2/images/${holder.id}`)).status).toBe(404);
  });
});

describe('an import request', () => {
  it.each([
    [{}, 400, "Import request requires a 'method' field."],
    [{ method: {} }, 400, "Import request requires a 'name' field."],
    [{ method: { name: 'x' } }, 400, "Unknown import method name 'x'."],
    [
      { method: { name: 'glance-direct' } },
      409,
      "Image needs to be staged before 'glance-direct' method can be used",
    ],
    [
      { method: { name: 'copy-image' } },
      409,
      'Only images with status active can be targeted for copying',
    ],
    [
      { method: { name: 'web-download', uri }, all_stores: 5 },
      400,
      "'all_stores' must be boolean value only",
    ],
  ])('%j is answered with %i', async (json, status, sentence) => {
    const client = freshClient();
    const { id } = await client.rawImage();
    const reply = await client.ask('POST', `/v2/images/${id}/import`, { json });
    expect([reply.status, sentenceOf(reply)]).toEqual([status, sentence]);
  });

  it('needs both formats', async () => {
    const client = freshClient();
    const { id } = await client.image();
    expect(sentenceOf(await web(client, id))).toBe(
      "'container_format' needs to be set before import",
    );
  });
});
