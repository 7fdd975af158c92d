import { describe, expect, it } from 'vitest';
import { type Artifact, BuildFailure } from '../../src/builder/backend.ts';
import { blankDisk, createBlank } from '../../src/builder/backends/blank.ts';
import {
  isStream,
  type Send,
  type UpstreamCall,
  UpstreamFailure,
} from '../../src/core/upstream.ts';
import { type Builder, lease, until } from './setting.ts';

const never = new Promise<never>(() => undefined);

/** Where a worker dies: at which of its calls to Glance since it claimed, and how far that call came. */
interface Death {
  readonly call: number;
  readonly how: 'unsent' | 'unanswered' | 'half sent';
}

/** What a claim and a blank build ask of Glance: claim, look, progress, later claim, upload, done, claim removed. */
const callsOfBuild = 7;
const uploadCall = 5;

const deaths: readonly Death[] = [
  ...Array.from({ length: callsOfBuild }, (_, n) => [
    { call: n + 1, how: 'unsent' } as const,
    { call: n + 1, how: 'unanswered' } as const,
  ]).flat(),
  { call: uploadCall, how: 'half sent' },
];

const isClaim = ({ method, body }: UpstreamCall): boolean =>
  method === 'POST' && typeof body === 'string' && body.includes('build_claim_of');

/** Lets calls pass up to a death; afterwards there is silence, as of a killed process. */
function dying(send: Send, { call: last, how }: Death, dead: () => void): Send {
  let calls = 0;
  return async (call) => {
    // what comes before the claim is not counted
    if (calls > 0 || isClaim(call)) calls += 1;
    // others may be made while this one is under way
    const number = calls;
    if (number < last) return send(call);
    if (number === last && how === 'unanswered') await send(call);
    if (number === last && how === 'half sent' && isStream(call.body)) {
      const { body } = call;
      async function* half() {
        for await (const chunk of body) {
          yield chunk.subarray(0, 1000);
          throw new Error('killed');
        }
      }
      await send({ ...call, body: half() }).catch(() => undefined);
    }
    if (number === last) dead();
    return never;
  };
}

/** What becomes of builds whose workers die. */
export function crashes(builder: Builder): void {
  describe('a worker that dies', () => {
    it('at any point leaves a build that another brings to one end, and no orphan', async () => {
      const ids: string[] = [];
      for (const death of deaths) {
        const id = await builder.order();
        ids.push(id);
        await new Promise<void>((dead) => {
          // the dead are not to die over each other's builds
          void builder.startWorker({
            dies: true,
            lease: 600_000,
            through: (send) => dying(send, death, dead),
          });
        });
        // what it held stays held as long as it may be alive
        expect((await builder.show(id))['status']).toMatch(/^(?:BUILDING|ACTIVE)$/);
      }
      const rescuer = await builder.startWorker({ parallel: deaths.length });
      for (const [n, id] of ids.entries()) {
        const image = await until(
          () => builder.stored(id),
          (seen) => seen?.['build_state'] === 'done',
          JSON.stringify(deaths[n]),
        );
        expect(image).toMatchObject({ status: 'active', size: blankDisk().length });
        const data = await (await builder.ask(`/v2/images/${id}/file`)).arrayBuffer();
        expect(Buffer.from(data).equals(Buffer.from(blankDisk()))).toBe(true);
        await until(
          () => builder.claims(id),
          (claims) => claims.length === 0,
          `no claims: ${JSON.stringify(deaths[n])}`,
        );
      }
      await rescuer.stop();
    }, 120_000);
  });

  describe('a build', () => {
    it('over which three workers died is given up', async () => {
      const id = await builder.order();
      const { take } = builder.byHand();
      for (const number of [1, 2, 3]) expect(await take(id, number)).toMatchObject({ number });
      const worker = await builder.startWorker();
      const image = await until(
        () => builder.show(id),
        ({ status }) => status === 'ERROR',
        'ERROR',
      );
      expect(image['metadata']).toEqual({ buildError: 'The builder stopped 3 times.' });
      await worker.stop();
      expect(await builder.claims(id)).toEqual([]);
    });

    it('is one worker’s only, however many want it', async () => {
      const id = await builder.order();
      const { take } = builder.byHand();
      const taken = await Promise.all([1, 1, 1, 1, 1, 1].map((number) => take(id, number)));
      expect(taken.filter((claim) => typeof claim === 'object')).toHaveLength(1);
      expect(taken.filter((claim) => claim === 'held')).toHaveLength(5);
      // an id is taken for good
      const { claims } = builder.byHand();
      await claims.clear(id, 1);
      expect(await take(id, 1)).toBe('spent');
      await builder.ask(`/v2/images/${id}`, { method: 'DELETE' });
    });

    it.each([
      ['stored', (build: () => Promise<Artifact>) => build()],
      ['given up', () => Promise.reject(new BuildFailure('its server was removed'))],
    ] as const)('that a later worker has taken is not %s by the earlier one', async (_, end) => {
      const blank = createBlank();
      let go = (): void => undefined;
      const wait = new Promise<void>((resolve) => {
        go = resolve;
      });
      const worker = await builder.startWorker({
        backends: [
          { ...blank, build: (...given) => wait.then(() => end(() => blank.build(...given))) },
        ],
      });
      const id = await builder.order();
      await until(
        () => builder.claims(id),
        (claims) => claims.length === 1,
        'a claim',
      );
      const { take } = builder.byHand();
      expect(await take(id, 2)).toMatchObject({ number: 2 });
      go();
      await until(
        async () => worker.log.map((line) => line['event']),
        (events) => events.includes('cancelled') || events.includes('failed'),
        'the earlier worker stops',
      );
      await worker.stop();
      expect(await builder.stored(id)).toMatchObject({ status: 'queued', build_state: 'building' });
      await builder.ask(`/v2/images/${id}`, { method: 'DELETE' });
    });

    it('is left to others when Glance cannot be told that its worker lives', async () => {
      let reachable = true;
      const blank = createBlank();
      const worker = await builder.startWorker({
        through: (send) => async (call) => {
          if (reachable) return send(call);
          throw new UpstreamFailure('unreachable', 'cut off');
        },
        backends: [
          {
            ...blank,
            build: (_order, { signal }) =>
              new Promise((_, reject) => {
                signal.addEventListener('abort', () => reject(signal.reason));
              }),
          },
        ],
      });
      const id = await builder.order();
      await until(
        async () => worker.log.map((line) => line['event']),
        (events) => events.includes('building'),
        'the build runs',
      );
      reachable = false;
      await until(
        async () => worker.log.filter((line) => line['event'] === 'cancelled'),
        ([line]) => line?.['reason'] === 'lost',
        'the build is given up here',
        lease + 3_000,
      );
      reachable = true;
      // it must not look like a death
      await until(
        () => builder.claims(id),
        (claims) => claims.some((claim) => claim['build_heartbeat'] === 'released'),
        'the claim is given back',
      );
      await worker.stop();
      await builder.ask(`/v2/images/${id}`, { method: 'DELETE' });
    });
  });
}
