import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBlank } from '../../src/builder/backends/blank.ts';
import { mostClaims } from '../../src/builder/queue/claims.ts';
import { nameUuid } from '../../src/builder/queue/name-uuid.ts';
import { type Builder, until } from './setting.ts';

/** What workers find in Glance beside their own records in good order. */
export function queueing(builder: Builder): void {
  const becomes = (id: string, word: string) =>
    until(
      () => builder.show(id),
      ({ status }) => status === word,
      word,
    );

  const post = async (document: object, token: string): Promise<string> => {
    const answer = await builder.ask(
      '/v2/images',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'build-claim', os_hidden: true, ...document }),
      },
      token,
    );
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { id: string }).id;
  };

  const forge = (build: string, number: number, more: object = {}) =>
    post(
      {
        id: nameUuid(build, `claim:${number}`),
        build_claim_of: build,
        build_heartbeat: '1',
        ...more,
      },
      'alt-token',
    );

  const remove = (ids: readonly string[]) =>
    Promise.all(
      ids.map((id) => builder.ask(`/v2/images/${id}`, { method: 'DELETE' }, 'admin-token')),
    );

  describe('records that look like claims, of whoever', () => {
    it('hold up no build, and count against no project', async () => {
      const id = await builder.order();
      const { owner } = (await builder.stored(id)) as { owner: string };
      const forged = [
        await forge(id, 1),
        await forge(id, 2),
        await forge(randomUUID(), 1, { build_project: owner }),
      ];
      const worker = await builder.startWorker({ perProject: 1 });
      await becomes(id, 'ACTIVE');
      await worker.stop();
      await remove(forged);
    });

    it('fail a build where they leave no number', async () => {
      const id = await builder.order();
      for (let number = 1; number <= mostClaims; number += 1) await forge(id, number);
      const worker = await builder.startWorker();
      expect((await becomes(id, 'ERROR'))['metadata']).toEqual({
        buildError: 'The build could not be claimed.',
      });
      await worker.stop();
    });
  });

  describe('a build', () => {
    it('whose claims were cleared too early is built all the same', async () => {
      const id = await builder.order();
      const { claims, take } = builder.byHand();
      expect(await take(id, 1)).toMatchObject({ number: 1 });
      await claims.clear(id, 1);
      const worker = await builder.startWorker();
      await becomes(id, 'ACTIVE');
      await worker.stop();
    });

    it('that has come to its end is not said to have failed', async () => {
      const id = await builder.order();
      const worker = await builder.startWorker();
      await until(
        () => builder.stored(id),
        (image) => image?.['build_state'] === 'done',
        'done',
      );
      await worker.stop();
      await builder.byHand().builds.failed(id, 'too late');
      expect(await builder.stored(id)).toMatchObject({ status: 'active', build_state: 'done' });
      expect(await builder.stored(id)).not.toHaveProperty('buildError');
    });

    it('whose claim was made, but not heard of, is not held, and nobody died over it', async () => {
      let claims = 0;
      const worker = await builder.startWorker({
        through: (send) => async (call) => {
          const answer = await send(call);
          if (typeof call.body !== 'string' || !call.body.includes('build_claim_of')) return answer;
          claims += 1;
          return claims <= 3 ? { status: 504, headers: {}, body: null } : answer;
        },
      });
      const id = await builder.order();
      await becomes(id, 'ACTIVE');
      expect(claims).toBe(4);
      await worker.stop();
    });

    it('of another project need not wait for all that one has ordered', async () => {
      const begun: string[] = [];
      const blank = createBlank();
      const many = [await builder.order(), await builder.order(), await builder.order()];
      const other = await builder.order({}, 'alt-token');
      const worker = await builder.startWorker({
        backends: [
          {
            ...blank,
            build: (order, site) => {
              begun.push(order.id);
              return blank.build(order, site);
            },
          },
        ],
      });
      for (const id of many) await becomes(id, 'ACTIVE');
      await worker.stop();
      expect(begun.slice(0, 2)).toEqual([many[0], other]);
    });

    it('that cannot be claimed keeps no other from being built', async () => {
      const first = await builder.order();
      const second = await builder.order();
      const worker = await builder.startWorker({
        through: (send) => async (call) => {
          const claimed = typeof call.body === 'string' && call.body.includes(first);
          return claimed ? { status: 500, headers: {}, body: null } : send(call);
        },
      });
      await becomes(second, 'ACTIVE');
      expect(worker.log).toContainEqual(
        expect.objectContaining({ event: 'trouble', build: first }),
      );
      await worker.stop();
      await remove([first]);
    });
  });

  describe('what a worker leaves that dies while it introduces itself', () => {
    it('is removed', async () => {
      const id = await post({ visibility: 'private' }, 'admin-token');
      const worker = await builder.startWorker();
      await until(
        () => builder.stored(id),
        (image) => image === undefined,
        'no stray',
      );
      await worker.stop();
    });
  });
}
