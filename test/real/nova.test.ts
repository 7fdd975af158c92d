import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createNova, type NovaOptions } from '../../src/builder/backends/nova/index.ts';
import { authorized, fixedToken } from '../../src/builder/credential.ts';
import { settled } from '../../src/builder/trouble.ts';
import { ownContext } from '../../src/core/call.ts';
import { isFault } from '../../src/core/fault.ts';
import { GlanceClient } from '../../src/glance/client.ts';
import { ComputeClient } from '../../src/glance/compute.ts';
import { createNodeUpstream } from '../../src/platform/node/upstream.ts';
import { dataOf } from '../builder/nova/setting.ts';

const stand = process.env['POLYGLANCE_TEST_NOVA_STAND'];

/** What test/stand/nova-compute.sh printed. */
const env = Object.fromEntries(
  (stand === undefined ? '' : readFileSync(stand, 'utf8'))
    .split('\n')
    .map((line) => line.split(/=(.*)/s).slice(0, 2)),
) as Record<string, string>;

const upstreams: { close: () => Promise<void> }[] = [];

function reach(url = '') {
  const upstream = createNodeUpstream(url, { connect: 5_000, firstByte: 60_000, idle: 60_000 });
  upstreams.push(upstream);
  return authorized(upstream.send, fixedToken(env['admin_token'] ?? ''));
}

// only where the file is told that test/stand/nova-compute.sh makes
describe.skipIf(stand === undefined)('the back end nova before a real Nova', () => {
  const compute = new ComputeClient(reach(env['nova'] ?? 'http://127.0.0.1'));
  const glance = new GlanceClient(reach(env['glance'] ?? 'http://127.0.0.1'));
  const settings = {
    compute,
    glance,
    poll: 500,
    publicUrl: `${env['nova']}/v2.1`,
    images: { debian12: env['image'] ?? '' },
    flavor: env['flavor'] ?? '',
    network: 'none',
  };
  afterAll(async () => {
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  });

  const build = (
    installScript: string,
    signal = new AbortController().signal,
    otherwise: Partial<NovaOptions> = {},
  ) => {
    const log: string[] = [];
    const order = {
      id: crypto.randomUUID(),
      name: 'b',
      project: null,
      spec: { osName: 'Debian', installScript },
    };
    const site = {
      folder: '/nowhere',
      signal,
      progress: () => undefined,
      locate: () => undefined,
      log: (line: string) => log.push(line),
    };
    return { done: createNova({ ...settings, ...otherwise }).build(order, site), log };
  };

  const left = async (): Promise<readonly string[]> => {
    const servers = await compute.servers(ownContext(), '^polyglance-build');
    const page = await glance.list(ownContext(), 'name=polyglance-build');
    if (isFault(servers) || isFault(page)) throw new Error('the stand does not answer');
    return [...servers.map(({ name }) => name), ...page.images.map(({ base }) => base.id)];
  };

  it('finds all that it needs', async () => {
    const { ready, findings } = await createNova(settings).check();
    expect([ready, ...findings]).toEqual([
      true,
      expect.stringMatching(/^Nova speaks up to 2\.\d+$/),
      'flavor stand: 64 MiB of memory, 1 GiB of disk',
      'image for debian12: installer is active',
    ]);
  });

  it('builds, and leaves nothing', async () => {
    const { done, log } = build('#!/bin/sh\necho hello\n');
    const artifact = await done;
    expect(artifact.diskFormat).toBe('raw');
    expect(await dataOf(artifact)).toBe('#!/bin/sh\necho hello\n');
    await artifact.release?.();
    expect(await left()).toEqual([]);
    expect(log.join('\n')).toMatch(/is BUILD.*is SHUTOFF$/s);
  }, 120_000);

  it('tells why a server failed, and leaves nothing', async () => {
    const { done } = build('fail');
    await expect(done).rejects.toThrow(
      /^The server that runs the installer failed: .*aborted.*: the guest at … fails$/,
    );
    expect(await left()).toEqual([]);
  }, 120_000);

  it.each([200, 3_000, 6_000])(
    'leaves nothing when it is cancelled after %i ms',
    async (time) => {
      const { done } = build('#!/bin/sh\n', AbortSignal.timeout(time));
      await done.then(
        (artifact) => artifact.release?.(),
        () => undefined,
      );
      expect(await left()).toEqual([]);
    },
    120_000,
  );

  it('removes what a dead worker left of a build that is no more, and nothing of another project', async () => {
    const metadata = { polyglance_build: 'gone', polyglance_attempt: 'before' };
    const marked = { name: 'polyglance-build', ...metadata };
    await settled(glance.create(ownContext(), marked));
    const { base: theirs } = await settled(
      glance.create(ownContext(), { ...marked, owner: env['demo_project'] ?? '' }),
    );
    const server = await compute.createServer(ownContext(), {
      name: 'polyglance-build-gone',
      image: settings.images.debian12,
      flavor: settings.flavor,
      network: 'none',
      userData: undefined,
      metadata,
    });
    expect(server).toMatch(/^[0-9a-f-]{36}$/);
    await (await build('#!/bin/sh\n').done).release?.();
    expect(await left()).toEqual([theirs.id]);
    await glance.remove(ownContext(), theirs.id);
  }, 120_000);

  it('tells what Nova refuses', async () => {
    const { done } = build('', undefined, { flavor: 'no-such' });
    await expect(done).rejects.toThrow(/^The Compute service refused the server: .*no-such/);
  });
});
