import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { BuildBackend } from '../../src/builder/backend.ts';
import { createBlank } from '../../src/builder/backends/blank.ts';
import { authorized, fixedToken } from '../../src/builder/credential.ts';
import { BuildRecords } from '../../src/builder/queue/builds.ts';
import { ClaimRecords } from '../../src/builder/queue/claims.ts';
import { type WorkerOptions, work } from '../../src/builder/worker.ts';
import { createWorkshop } from '../../src/builder/workshop.ts';
import { readImage } from '../../src/core/image.ts';
import type { Send } from '../../src/core/upstream.ts';
import { GlanceClient } from '../../src/glance/client.ts';
import { createNodeUpstream } from '../../src/platform/node/upstream.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';

/** An image of the embedded Image service, as v2 shows it. */
export type Shown = Readonly<Record<string, unknown>>;

/** Glance tells whole seconds: a lease must be longer. */
export const lease = 2_000;

const patience = { connect: 1_000, firstByte: 5_000, idle: 5_000 };

/** A worker in this process. */
export interface TestWorker {
  /** Asks it to stop, and waits until it has. */
  readonly stop: () => Promise<void>;
  readonly log: readonly Shown[];
  readonly folder: string;
}

/** What a test may want otherwise. */
export interface WorkerSetting extends Partial<Pick<WorkerOptions, 'parallel' | 'perProject'>> {
  readonly backends?: readonly BuildBackend[];
  /** Something between the worker and Glance. */
  readonly through?: (send: Send) => Send;
  /** Milliseconds of a build. */
  readonly time?: number;
  /** Milliseconds that refused uploads are tried again for. */
  readonly patience?: number;
  /** Milliseconds without a sign of life after which it takes another worker for dead. */
  readonly lease?: number;
  /** It never comes to its end, and nobody waits for it. */
  readonly dies?: boolean;
}

/** A gateway on the embedded Image service, and workers before it. */
export function useBuilder(settings: Readonly<Record<string, unknown>> = {}) {
  let gateway: TestGateway;
  const workers: TestWorker[] = [];
  const upstreams: { close: () => Promise<void> }[] = [];
  const folders: string[] = [];

  const ask = (path: string, init: RequestInit = {}, token = 'demo-token'): Promise<Response> =>
    fetch(gateway.url + path, { ...init, headers: { 'x-auth-token': token, ...init.headers } });

  const json = async (path: string, token?: string) =>
    (await (await ask(path, {}, token)).json()) as Record<string, never>;

  beforeAll(async () => {
    gateway = await startTestGateway(settings);
  });
  // a test that failed must not leave its worker to the next
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  });
  afterAll(async () => {
    await Promise.all(upstreams.map((upstream) => upstream.close()));
    await gateway.stop();
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  });

  return {
    ask,
    url: () => gateway.url,

    /** Orders a build over the Nova dialect; its id. */
    order: async (image: Shown = {}, token?: string): Promise<string> => {
      const body = JSON.stringify({
        image: { name: 'b', imageSpec: { osName: 'Debian' }, ...image },
      });
      const headers = { 'content-type': 'application/json' };
      const answer = await ask('/v2.1/images', { method: 'POST', headers, body }, token);
      if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
      return answer.headers.get('location')?.split('/').at(-1) ?? '';
    },

    /** As the Nova dialect shows it. */
    show: async (id: string, token?: string): Promise<Shown> =>
      (await json(`/v2.1/images/${id}`, token))['image'] ?? {},

    /** As Glance has it; `undefined` when it is not there. */
    stored: async (id: string): Promise<Shown | undefined> => {
      const answer = await ask(`/v2/images/${id}`, {}, 'admin-token');
      return answer.ok ? ((await answer.json()) as Shown) : undefined;
    },

    /** Claim records that are left of a build. */
    claims: async (id: string): Promise<readonly Shown[]> =>
      (await json(`/v2/images?os_hidden=true&build_claim_of=${id}`, 'admin-token'))['images'] ?? [],

    /** Claims as a worker makes them. */
    byHand: () => {
      const upstream = createNodeUpstream(gateway.url, patience);
      upstreams.push(upstream);
      const glance = new GlanceClient(authorized(upstream.send, fixedToken('admin-token')));
      const claims = new ClaimRecords(glance, 'by hand');
      return {
        builds: new BuildRecords(glance),
        claims,
        take: async (id: string, number: number) => {
          const image = readImage((await json(`/v2/images/${id}`, 'admin-token')) as unknown);
          return image && claims.take(image.base, number);
        },
      };
    },

    patch: async (id: string, steps: readonly unknown[], token?: string): Promise<number> => {
      const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
      const init = { method: 'PATCH', headers, body: JSON.stringify(steps) };
      return (await ask(`/v2/images/${id}`, init, token)).status;
    },

    /** Starts a worker as the command line would, only with shorter times. */
    startWorker: async (setting: WorkerSetting = {}): Promise<TestWorker> => {
      const folder = await mkdtemp(join(tmpdir(), 'polyglance-builder-'));
      folders.push(folder);
      const upstream = createNodeUpstream(gateway.url, patience);
      upstreams.push(upstream);
      const log: Shown[] = [];
      const through = setting.through ?? ((send: Send) => send);
      const { workshop, now } = createWorkshop(
        through(authorized(upstream.send, fixedToken('admin-token'))),
        {
          backends: setting.backends ?? [createBlank()],
          folder,
          worker: 'test',
          patience: { pause: 50, whole: setting.patience ?? 60_000, stall: 60_000 },
          times: { build: setting.time ?? 60_000, beat: 300, lease: setting.lease ?? lease },
          log: (event, facts) => log.push({ event, ...facts }),
        },
      );
      const stopping = new AbortController();
      const { parallel = 1, perProject = 100 } = setting;
      const done = work(
        workshop,
        { parallel, perProject, poll: 50, sweep: 200, now },
        stopping.signal,
      );
      const worker = {
        log,
        folder,
        stop: async () => {
          stopping.abort();
          await done;
        },
      };
      if (!setting.dies) workers.push(worker);
      return worker;
    },
  };
}

/** What a suite about builds works with. */
export type Builder = ReturnType<typeof useBuilder>;

/** What is left in a folder. */
export const leftIn = (folder: string): Promise<string[]> => readdir(folder);

/** Waits until something is so; the value that was. */
export async function until<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  what: string,
  within = 10_000,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`waited too long: ${what}; last ${JSON.stringify(seen)}`);
    await sleep(30);
  }
}
