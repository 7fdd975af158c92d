import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type BuildBackend, BuildFailure, type BuildOrder } from '../../src/builder/backend.ts';
import { blankDisk, createBlank } from '../../src/builder/backends/blank.ts';
import { type Builder, lease, leftIn, until } from './setting.ts';

const blank = createBlank();

/** A back end for one test's builds, by their osName; the rest of `blank`. */
const only = (osName: string, rest: Partial<BuildBackend>): BuildBackend => ({
  ...blank,
  declines: (spec) => (spec.osName === osName ? undefined : 'Not mine.'),
  ...rest,
});

/** What a worker makes of orders. */
export function building(builder: Builder): void {
  const status = (id: string) => async () => (await builder.show(id))['status'];
  const becomes = (id: string, word: string, within?: number) =>
    until(status(id), (seen) => seen === word, `${word}`, within);

  describe('a build', () => {
    it('becomes an active image with the data that was built', async () => {
      const id = await builder.order({
        imageSpec: { osName: 'Debian', installScript: '#!/bin/sh\n' },
      });
      expect(await status(id)()).toBe('BUILDING');
      const worker = await builder.startWorker();
      await becomes(id, 'ACTIVE');
      const data = await (await builder.ask(`/v1/images/${id}`)).arrayBuffer();
      expect(Buffer.from(data).equals(Buffer.from(blankDisk()))).toBe(true);
      await until(
        () => builder.claims(id),
        (claims) => claims.length === 0,
        'no claims',
      );
      expect(await builder.show(id)).toMatchObject({
        progress: 100,
        imageSpec: expect.objectContaining({ osName: 'Debian' }),
        metadata: {},
      });
      expect(await builder.stored(id)).toMatchObject({
        build_state: 'done',
        owner: expect.any(String),
      });
      await worker.stop();
      expect(await leftIn(worker.folder)).toEqual([]);
      expect(worker.log.map((line) => line['event'])).toEqual(['building', 'done']);
      expect(JSON.stringify(worker.log)).not.toContain('/bin/sh');
    });

    it('tells how far it is, and where it runs', async () => {
      let go = (): void => undefined;
      const wait = new Promise<void>((resolve) => {
        go = resolve;
      });
      const slow = only('slow', {
        build: async (order, site) => {
          site.locate({ server: 'http://nova/servers/1', image: 'http://nova/images/2' });
          site.progress(50);
          await wait;
          return blank.build(order, site);
        },
      });
      const worker = await builder.startWorker({ backends: [slow] });
      const id = await builder.order({ imageSpec: { osName: 'slow' } });
      const shown = await until(
        () => builder.show(id),
        ({ progress }) => Number(progress) > 0,
        'progress',
      );
      expect(shown).toMatchObject({
        status: 'BUILDING',
        progress: 45,
        buildServer: 'http://nova/servers/1',
        buildImage: 'http://nova/images/2',
      });
      go();
      await becomes(id, 'ACTIVE');
      await worker.stop();
    });

    it('that fails says why, in the metadata', async () => {
      const failing = only('failing', {
        build: async () => {
          throw new BuildFailure(`The script said\n\t"no" 🙂 ${'x'.repeat(300)}`);
        },
      });
      const worker = await builder.startWorker({ backends: [failing] });
      const id = await builder.order({ imageSpec: { osName: 'failing' } });
      await becomes(id, 'ERROR');
      const { metadata } = (await builder.show(id)) as { metadata: { buildError: string } };
      expect(metadata.buildError).toMatch(/^The script said "no" x+…$/);
      expect(metadata.buildError.length).toBe(255);
      await worker.stop();
      expect(await builder.claims(id)).toEqual([]);
      expect(await leftIn(worker.folder)).toEqual([]);
    });

    it('that fails for a reason of the inside says no more than that', async () => {
      const broken = only('broken', {
        build: async () => {
          throw new TypeError('/secret/path is undefined');
        },
      });
      const worker = await builder.startWorker({ backends: [broken] });
      const id = await builder.order({ imageSpec: { osName: 'broken' } });
      await becomes(id, 'ERROR');
      expect((await builder.show(id))['metadata']).toEqual({ buildError: 'The builder failed.' });
      expect(JSON.stringify(worker.log)).toContain('/secret/path');
      await worker.stop();
    });

    it('that fails is in ERROR even where there is no room for the reason', async () => {
      const failing = only('full', {
        build: async () => {
          throw new BuildFailure('no room');
        },
      });
      const id = await builder.order({ imageSpec: { osName: 'full' } });
      const own = Object.keys((await builder.stored(id)) ?? {}).filter((key) =>
        /^build_/.test(key),
      );
      const steps = Array.from({ length: 128 - own.length }, (_, n) => ({
        op: 'add',
        path: `/p${n}`,
        value: 'x',
      }));
      expect(await builder.patch(id, steps)).toBe(200);
      const worker = await builder.startWorker({ backends: [failing] });
      await becomes(id, 'ERROR');
      await worker.stop();
      expect(await builder.claims(id)).toEqual([]);
    });

    it('that nobody takes fails with what each back end has to say', async () => {
      const picky = only('nothing', { declines: () => 'Only plan 9.' });
      const worker = await builder.startWorker({ backends: [picky, only('nothing', {})] });
      const id = await builder.order({ imageSpec: { osName: 'BeOS' } });
      await becomes(id, 'ERROR');
      expect((await builder.show(id))['metadata']).toEqual({
        buildError: 'Only plan 9. Not mine.',
      });
      await worker.stop();
    });

    it('that takes too long is ended, and fails', async () => {
      const endless = only('endless', {
        build: (_order, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
      });
      const worker = await builder.startWorker({ backends: [endless], time: 300 });
      const id = await builder.order({ imageSpec: { osName: 'endless' } });
      await becomes(id, 'ERROR');
      expect((await builder.show(id))['metadata']).toEqual({
        buildError: 'The build was not done in time (1 min).',
      });
      await worker.stop();
    });

    it('whose spec was written past the gateway is checked again', async () => {
      const worker = await builder.startWorker();
      const answer = await builder.ask('/v2/images', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          name: 'forged',
          disk_format: 'qcow2',
          container_format: 'bare',
          build_state: 'building',
          build_spec: '{"osName":{"a":1}}',
        }),
      });
      const { id } = (await answer.json()) as { id: string };
      await becomes(id, 'ERROR');
      await worker.stop();
    });
  });

  describe('a build that is deleted', () => {
    it('is stopped, and leaves nothing behind', async () => {
      let ended = false;
      const long = only('long', {
        build: async (_order, { folder, signal }) => {
          await writeFile(join(folder, 'half'), 'half');
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          ended = true;
          throw signal.reason;
        },
      });
      const worker = await builder.startWorker({ backends: [long] });
      const id = await builder.order({ imageSpec: { osName: 'long' } });
      await until(
        () => leftIn(worker.folder),
        (left) => left.length === 1,
        'the build runs',
      );
      expect((await builder.ask(`/v2.1/images/${id}`, { method: 'DELETE' })).status).toBe(204);
      await until(
        () => builder.claims(id),
        (claims) => claims.length === 0,
        'no claims',
      );
      expect(ended).toBe(true);
      await until(
        () => leftIn(worker.folder),
        (left) => left.length === 0,
        'an empty folder',
      );
      expect((await builder.ask(`/v2.1/images/${id}`)).status).toBe(404);
      await worker.stop();
    });
  });

  describe('claims', () => {
    it('are in no list of any API', async () => {
      const held = only('held', {
        build: (_order, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
      });
      const worker = await builder.startWorker({ backends: [held] });
      const id = await builder.order({ imageSpec: { osName: 'held' } });
      await until(
        () => builder.claims(id),
        (claims) => claims.length === 1,
        'a claim',
      );
      for (const path of ['/v2.1/images/detail', '/v1/images/detail', '/v2/images']) {
        for (const token of ['demo-token', 'admin-token']) {
          const answer = await builder.ask(path, {}, token);
          expect([path, answer.status]).toEqual([path, 200]);
          expect(await answer.text()).not.toContain('build-claim');
        }
      }
      await worker.stop();
      // given back: the next worker need not wait for the lease to end
      expect((await builder.claims(id))[0]).toMatchObject({ build_heartbeat: 'released' });
      const next = await builder.startWorker();
      await becomes(id, 'ACTIVE', lease - 500);
      await next.stop();
      expect(await builder.claims(id)).toEqual([]);
    });
  });

  describe('limits', () => {
    const counting = (name: string) => {
      const running = new Set<string>();
      let most = 0;
      const backend = only(name, {
        build: async (order: BuildOrder, site) => {
          running.add(order.id);
          most = Math.max(most, running.size);
          await sleep(150);
          running.delete(order.id);
          return blank.build(order, site);
        },
      });
      return { backend, most: () => most };
    };

    it('hold for one worker', async () => {
      const { backend, most } = counting('three');
      const ids = await Promise.all(
        [1, 2, 3, 4].map(() => builder.order({ imageSpec: { osName: 'three' } })),
      );
      const worker = await builder.startWorker({ backends: [backend], parallel: 2 });
      await Promise.all(ids.map((id) => becomes(id, 'ACTIVE')));
      expect(most()).toBe(2);
      await worker.stop();
    });

    it('hold for a project over all workers, and others need not wait', async () => {
      const { backend, most } = counting('crowd');
      const ids = await Promise.all(
        [1, 2, 3].map(() => builder.order({ imageSpec: { osName: 'crowd' } })),
      );
      const other = await builder.order({ imageSpec: { osName: 'crowd' } }, 'alt-token');
      const worker = await builder.startWorker({ backends: [backend], parallel: 4, perProject: 1 });
      await until(
        async () => (await builder.show(other, 'alt-token'))['status'],
        (seen) => seen === 'ACTIVE',
        'the other project',
      );
      await Promise.all(ids.map((id) => becomes(id, 'ACTIVE')));
      expect(most()).toBe(2);
      await worker.stop();
    });
  });

  describe('scripts of images that become public', () => {
    it('are removed', async () => {
      const worker = await builder.startWorker();
      const id = await builder.order({ imageSpec: { osName: 'x', installScript: 'password' } });
      await becomes(id, 'ACTIVE');
      const published = [{ op: 'replace', path: '/visibility', value: 'public' }];
      expect(await builder.patch(id, published, 'admin-token')).toBe(200);
      await until(
        () => builder.stored(id),
        (image) => image?.['build_script_0'] === undefined,
        'no script',
      );
      expect((await builder.show(id))['imageSpec']).toEqual({ osName: 'x' });
      await worker.stop();
    });

    it('are removed where the build failed', async () => {
      const failing = only('failed', {
        build: async () => {
          throw new BuildFailure('no');
        },
      });
      const worker = await builder.startWorker({ backends: [failing] });
      const imageSpec = { osName: 'failed', installScript: 'password' };
      const id = await builder.order({ imageSpec });
      const published = [{ op: 'replace', path: '/visibility', value: 'community' }];
      expect(await builder.patch(id, published)).toBe(200);
      await until(
        () => builder.stored(id),
        (image) => image?.['build_state'] === 'error' && image['build_script_0'] === undefined,
        'no script',
      );
      await worker.stop();
    });
  });
}
