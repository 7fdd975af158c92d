import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedGlance } from '../../src/embedded/index.ts';
import { FileStore } from '../../src/embedded/store-files.ts';
import { Client } from './client.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function open(): Client {
  return new Client(createEmbeddedGlance({ store: new FileStore(folder) }));
}

async function filesIn(...path: string[]): Promise<string[]> {
  return (await readdir(join(folder, ...path))).sort();
}

/** Starts an upload in another process and kills that process in the middle of it. */
async function killDuringUpload(kind: string): Promise<string> {
  const script = join(import.meta.dirname, 'crash-upload.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, kind]);
  const id = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('exit', () => reject(new Error('ended before the upload began')));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  return id;
}

describe('a killed process', () => {
  it.each(['file', 'stage'])(
    'leaves a queued image without data (PUT %s)',
    async (kind) => {
      const id = await killDuringUpload(kind);
      expect(await filesIn('incoming')).toHaveLength(1);
      const client = open();
      expect(await client.show(id)).toMatchObject({
        name: 'interrupted',
        status: 'queued',
        size: null,
      });
      expect(await filesIn('incoming')).toEqual([]);
      expect([...(await filesIn('data', 'image')), ...(await filesIn('data', 'staged'))]).toEqual(
        [],
      );
      expect((await client.upload(id, 'hello')).status).toBe(204);
      expect((await client.ask('GET', `/v2/images/${id}/file`)).text).toBe('hello');
    },
    20_000,
  );
});

describe('what was acknowledged before a kill', () => {
  it.each([150, 400])(
    'is there afterwards (%i ms)',
    async (milliseconds) => {
      const script = join(import.meta.dirname, 'crash-changes.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', script, folder]);
      const said: string[] = [];
      child.stdout.on('data', (data: Buffer) => said.push(data.toString()));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const ended = new Promise((resolve) => child.once('close', resolve));
      setTimeout(() => child.kill('SIGKILL'), milliseconds);
      await ended;
      const last = new Map<string, string>();
      for (const line of said.join('').split('\n').slice(0, -1)) {
        const [what = '', id = ''] = line.split(' ');
        last.set(id, what);
      }
      const client = open();
      const wrong: unknown[] = [];
      for (const [id, what] of last) {
        const image = await client.show(id);
        const there = image.id === id;
        const whole = image.status === 'active' && image['mark'] === 'x';
        if (what === 'deleted' ? there : what !== 'deleting' && !there) wrong.push([what, image]);
        if (what === 'patched' && !whole) wrong.push([what, image]);
        if (image.status === 'active') {
          const { text } = await client.ask('GET', `/v2/images/${id}/file`);
          if (text !== id) wrong.push(['data', id, text]);
        }
      }
      expect(last.size).toBeGreaterThan(8);
      expect(wrong).toEqual([]);
      expect(await filesIn('incoming')).toEqual([]);
    },
    20_000,
  );
});

describe('a folder', () => {
  it('holds one readable file an image', async () => {
    const client = open();
    const { id } = await client.rawImage({ name: 'x', color: 'red' });
    await client.upload(id, 'hello');
    expect(await filesIn('images')).toEqual([`${id}.json`]);
    expect(await readFile(join(folder, 'data', 'image', id), 'utf8')).toBe('hello');
    const text = await readFile(join(folder, 'images', `${id}.json`), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ id, name: 'x', properties: [['color', 'red']] });
  });

  it('is rid of data that belongs to nothing', async () => {
    const orphan = '11111111-2222-3333-4444-555555555555';
    await open().glance.ready();
    await writeFile(join(folder, 'data', 'image', orphan), 'x');
    await writeFile(join(folder, 'data', 'staged', orphan), 'x');
    await writeFile(join(folder, 'incoming', 'half'), 'x');
    await open().glance.ready();
    expect(await filesIn('data', 'image')).toEqual([]);
    expect(await filesIn('data', 'staged')).toEqual([]);
    expect(await filesIn('incoming')).toEqual([]);
  });

  it('has a deletion finished that was cut short', async () => {
    const client = open();
    const { id } = await client.rawImage();
    await client.upload(id, 'hello');
    await writeFile(join(folder, 'spent-ids'), `${id}\n`);
    const next = open();
    expect((await next.ask('GET', `/v2/images/${id}`)).status).toBe(404);
    expect(await filesIn('images')).toEqual([]);
    expect(await filesIn('data', 'image')).toEqual([]);
  });

  it('keeps spent ids apart after a line that was cut short', async () => {
    const client = open();
    const [first, second] = [await client.image(), await client.image()];
    await client.ask('DELETE', `/v2/images/${first.id}`);
    await writeFile(join(folder, 'spent-ids'), `${first.id}\n1111`);
    const next = open();
    await next.ask('DELETE', `/v2/images/${second.id}`);
    const last = open();
    for (const { id } of [first, second]) {
      expect((await last.ask('POST', '/v2/images', { json: { id } })).status).toBe(409);
    }
  });

  it('keeps ids apart that differ in case only', async () => {
    const client = open();
    const lower = 'abcdef11-2222-3333-4444-555555555555';
    const upper = lower.toUpperCase();
    await client.image({ id: lower, name: 'lower' });
    await client.image({ id: upper, name: 'upper' });
    const names = (await filesIn('images')).map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(2);
    const next = open();
    expect([(await next.show(lower)).name, (await next.show(upper)).name]).toEqual([
      'lower',
      'upper',
    ]);
  });

  it('ignores foreign files and refuses a record that it cannot read', async () => {
    const client = open();
    const { id } = await client.image();
    await writeFile(join(folder, 'images', 'README.txt'), 'x');
    await mkdir(join(folder, 'images', 'x.json'));
    expect((await open().show(id)).status).toBe('queued');
    await writeFile(join(folder, 'images', `${id}.json`), '{"id":');
    await expect(open().glance.ready()).rejects.toThrow(
      `The record of image ${id} cannot be read.`,
    );
  });

  it('has an import that was cut short fail', async () => {
    const client = open();
    const { id } = await client.rawImage();
    const path = join(folder, 'images', `${id}.json`);
    const record = JSON.parse(await readFile(path, 'utf8'));
    const properties = [['os_glance_import_task', id]];
    await writeFile(path, JSON.stringify({ ...record, status: 'importing', properties }));
    const next = open();
    const image = await next.show(id);
    expect(image.status).toBe('queued');
    expect(image).not.toHaveProperty('os_glance_import_task');
  });

  it('keeps staged data over a restart', async () => {
    const client = open();
    const { id } = await client.rawImage();
    const headers = { 'content-type': 'application/octet-stream' };
    await client.ask('PUT', `/v2/images/${id}/stage`, { headers, body: 'hello' });
    const next = open();
    expect(await next.show(id)).toMatchObject({ status: 'uploading', size: 5 });
    const json = { method: { name: 'glance-direct' } };
    await next.ask('POST', `/v2/images/${id}/import`, { json });
    await expect.poll(async () => (await next.show(id)).status).toBe('active');
  });
});
