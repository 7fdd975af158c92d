import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram, Program, removeProgram, serve, stop } from '../cli/program.ts';
import { bootImage } from './boot.ts';

const headers = { 'x-auth-token': 'demo-token' };
const script = '#!/bin/sh\nset -e\necho ordered-and-built > /etc/issue\n';

let gateway: Program;
let builder: Program;
let builds = '';
let downloads = '';

/** Guests run as nobody where the tests run as root. */
async function reachableFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'polyglance-'));
  await chmod(folder, 0o755);
  return folder;
}

beforeAll(async () => {
  await buildProgram();
  gateway = await serve();
  builds = await reachableFolder();
  downloads = await reachableFolder();
  const settings = `--builder-backends debian-rootfs --builder-poll 200 --builder-folder ${builds}`;
  builder = new Program(['builder', '--glance-url', gateway.url, ...settings.split(' ')], {
    POLYGLANCE_TOKEN: 'admin-token',
  });
});
afterAll(async () => {
  console.log(builder.stdout, builder.stderr);
  await stop(builder);
  await stop(gateway);
  await removeProgram();
  for (const folder of [builds, downloads]) await rm(folder, { recursive: true, force: true });
});

async function untilBuilt(url: string): Promise<Record<string, unknown>> {
  const seen: unknown[] = [];
  for (;;) {
    const answer = await fetch(url, { headers });
    const { image } = (await answer.json()) as { image: Record<string, unknown> };
    if (seen.at(-1) !== image['progress']) seen.push(image['progress']);
    if (image['status'] !== 'BUILDING') {
      console.log(`progress: ${seen.join(', ')}`);
      return image;
    }
    await sleep(500);
  }
}

async function download(path: string, name: string): Promise<string> {
  const answer = await fetch(gateway.url + path, { headers });
  expect(answer.status).toBe(200);
  const file = join(downloads, name);
  await pipeline(
    Readable.from(answer.body as unknown as AsyncIterable<Uint8Array>),
    createWriteStream(file),
  );
  return file;
}

async function md5(file: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

it('an image that is ordered over the Compute API is built, downloaded over the Image APIs, and boots', async () => {
  const began = performance.now();
  const ordered = await fetch(`${gateway.url}/v2.1/images`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      image: {
        name: 'web',
        metadata: { team: 'blue' },
        imageSpec: { osName: 'Debian', osVersion: '12', osArch: 'x86_64', installScript: script },
      },
    }),
  });
  expect(ordered.status).toBe(202);
  const image = await untilBuilt(ordered.headers.get('location') ?? '');
  console.log(`order to image: ${Math.round((performance.now() - began) / 1000)} s`);
  expect(image).toMatchObject({ status: 'ACTIVE', progress: 100, metadata: { team: 'blue' } });
  const id = String(image['id']);
  const overV1 = await download(`/v1/images/${id}`, 'v1.qcow2');
  const overV2 = await download(`/v2/images/${id}/file`, 'v2.qcow2');
  const head = await fetch(`${gateway.url}/v1/images/${id}`, { method: 'HEAD', headers });
  const checksum = head.headers.get('x-image-meta-checksum');
  expect([await md5(overV1), await md5(overV2)]).toEqual([checksum, checksum]);
  expect((await stat(overV1)).size).toBe(image['OS-EXT-IMG-SIZE:size']);
  const said = await bootImage(overV1, /ordered-and-built/);
  expect(said).toContain('ordered-and-built');
  expect(said).toContain('login:');
  const [own = ''] = await readdir(builds);
  expect(await readdir(join(builds, own))).toEqual([]);
});

it('a build that is cancelled half way leaves neither processes nor files', async () => {
  const ordered = await fetch(`${gateway.url}/v2.1/images`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      image: {
        name: 'gone',
        imageSpec: { osName: 'Debian', osVersion: '12', installScript: script },
      },
    }),
  });
  const url = ordered.headers.get('location') ?? '';
  const [own = ''] = await readdir(builds);
  while ((await readdir(join(builds, own))).length === 0) await sleep(100);
  await sleep(5_000);
  expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(204);
  // a sign of life is given every half a minute; then it is noticed
  while ((await readdir(join(builds, own))).length > 0) await sleep(500);
  expect((await fetch(url, { headers })).status).toBe(404);
  expect(await stop(builder)).toBe(0);
  expect(await readdir(builds)).toEqual([]);
});
