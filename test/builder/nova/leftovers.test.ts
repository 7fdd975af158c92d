import { describe, expect, it } from 'vitest';
import { answer } from '../../fixtures/fake-glance.ts';
import { novaFault } from '../../fixtures/scripted-nova.ts';
import { until } from '../setting.ts';
import { nothing, useNova } from './setting.ts';

const cloud = useNova();

const markOf = (build: string) => ({ polyglance_build: build, polyglance_attempt: 'before' });

/** What a worker that died over a build left. */
async function leave(build: string): Promise<void> {
  const name = `polyglance-build-${build}`;
  cloud.nova().servers.set(`server-of-${build}`, { name, metadata: markOf(build) });
  await cloud.makeImage({ name: 'polyglance-build', ...markOf(build) }, null);
}

/** An image of another project, with a mark. */
async function makeTheirs(mark: Readonly<Record<string, string>>): Promise<string> {
  const document = { name: 'polyglance-build', visibility: 'private', ...mark };
  const made = await cloud.builder.ask('/v2/images', {
    method: 'POST',
    body: JSON.stringify(document),
    headers: { 'content-type': 'application/json' },
  });
  return ((await made.json()) as { id: string }).id;
}

const serversLeft = () => [...cloud.nova().servers.keys()];

describe('what a dead worker left', () => {
  it('of the same build has gone before a server is booted: it counts against the quota', async () => {
    cloud.begin();
    await leave('a-build');
    const nova = cloud.nova();
    let tries = 3;
    // deleted in Nova's own time
    nova.remove = (exchange) => {
      tries -= 1;
      if (tries === 0) nova.servers.delete('server-of-a-build');
      if (tries === 0) nova.remove = undefined;
      return answer(204)(exchange);
    };
    let before: unknown;
    nova.boot = async (exchange) => {
      before = await cloud.left();
      return novaFault(403, 'forbidden', 'Enough.')(exchange);
    };
    await expect(cloud.build().done).rejects.toThrow('Enough.');
    expect(before).toMatchObject({ servers: [] });
    expect(serversLeft()).toEqual([]);
  });

  it('of the same build has gone before a snapshot is taken', async () => {
    cloud.begin();
    await leave('a-build');
    const { snapshot } = cloud.nova();
    let before: unknown;
    cloud.nova().snapshot = async (order) => {
      before = (await cloud.left()).snapshots;
      return snapshot(order);
    };
    await (await cloud.build().done).release?.();
    expect(before).toEqual([]);
  });

  it('is not what another project has, whatever that bears', async () => {
    cloud.begin();
    const { snapshot } = cloud.nova();
    const theirs = [await makeTheirs(markOf('a-build')), await makeTheirs(markOf('deleted'))];
    cloud.nova().snapshot = async (order) => {
      // a server's mark is on its config drive, before the eyes of the script
      theirs.push(await makeTheirs(order.metadata ?? {}));
      return snapshot(order);
    };
    await (await cloud.build().done).release?.();
    const { servers, snapshots } = await cloud.left();
    expect(servers).toEqual([]);
    expect(snapshots.map(({ id }) => id).sort()).toEqual(theirs.sort());
  });

  it('of builds that are deleted or done goes too; of one under way, and of others, it stays', async () => {
    cloud.begin();
    const under = await cloud.builder.order();
    const done = await cloud.makeImage({ name: 'done', build_state: 'done' });
    for (const build of [under, done, 'deleted']) await leave(build);
    cloud.nova().servers.set('unmarked', { name: 'polyglance-build-by-hand' });
    cloud.nova().servers.set('other', { name: 'web', metadata: markOf('deleted') });
    const byHand = await cloud.makeImage({ name: 'polyglance-build' }, null);
    await (await cloud.build().done).release?.();
    expect(serversLeft()).toEqual([`server-of-${under}`, 'unmarked', 'other']);
    const { snapshots } = await cloud.left();
    expect(snapshots.map(({ polyglance_build, id }) => polyglance_build ?? id).sort()).toEqual(
      [under, byHand].sort(),
    );
  });

  it('stays where Glance does not say whether it is wanted', async () => {
    cloud.begin();
    await leave('deleted');
    const { done } = cloud.build(
      {},
      {
        through: (send) => async (call) =>
          call.target.endsWith('/v2/images/deleted')
            ? { status: 503, headers: {}, body: null }
            : send(call),
      },
    );
    await (await done).release?.();
    expect(serversLeft()).toEqual(['server-of-deleted']);
  });

  it('is not what another worker has begun meanwhile', async () => {
    cloud.begin();
    const nova = cloud.nova();
    nova.life = [{ status: 'ACTIVE' }];
    const attempts = () => [...nova.servers.values()].map(({ metadata }) => metadata);
    const booted = (what: string) =>
      until(
        async () => attempts(),
        (seen) => seen.length === 1,
        what,
      );
    const older = cloud.build({}, { poll: 500 });
    const [first] = await booted('the first server');
    const ending = new AbortController();
    const newer = cloud.build({}, { signal: ending.signal });
    await expect(older.done).rejects.toThrow('removed');
    const [second] = attempts();
    expect(second).toMatchObject({ polyglance_build: 'a-build' });
    expect(second).not.toEqual(first);
    ending.abort(new Error('over'));
    await expect(newer.done).rejects.toThrow();
    expect(await cloud.left()).toEqual(nothing);
  });
});
