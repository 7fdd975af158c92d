import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Artifact } from '../../../src/builder/backend.ts';
import { createNova, type NovaOptions } from '../../../src/builder/backends/nova/index.ts';
import { authorized, fixedToken } from '../../../src/builder/credential.ts';
import type { ImageSpec } from '../../../src/core/image-spec.ts';
import type { Send } from '../../../src/core/upstream.ts';
import { defaultIdentities } from '../../../src/embedded/identities.ts';
import { GlanceClient } from '../../../src/glance/client.ts';
import { ComputeClient } from '../../../src/glance/compute.ts';
import { createNodeUpstream } from '../../../src/platform/node/upstream.ts';
import { imageId } from '../../fixtures/fake-glance.ts';
import {
  type ScriptedNova,
  type ScriptedServer,
  startScriptedNova,
} from '../../fixtures/scripted-nova.ts';
import { type Shown, useBuilder } from '../setting.ts';

/** What a server goes through when all is well. */
export const goodLife: ScriptedNova['life'] = [
  { status: 'BUILD', 'OS-EXT-STS:task_state': 'spawning' },
  { status: 'ACTIVE' },
  { status: 'ACTIVE' },
  { status: 'SHUTOFF', 'OS-EXT-STS:task_state': 'powering-off' },
  { status: 'SHUTOFF', 'OS-EXT-STS:task_state': null },
];

/** The project of the builder's token. */
const adminProject = defaultIdentities.find(({ token }) => token === 'admin-token')?.projectId;

export const disk = Buffer.from('what the installer left on the disk');

/** What a build told while it ran. */
export interface Told {
  readonly progress: number[];
  readonly where: { server?: string; image?: string }[];
  readonly log: string[];
}

type Through = (send: Send) => Send;

/** What a test may want otherwise; `through`: something between the back end and both services. */
type BackendSetting = Partial<NovaOptions> & { readonly through?: Through };

/** A scripted Nova and the embedded Glance, and a back end before them. */
export function useNova() {
  const builder = useBuilder();
  const upstreams: { close: () => Promise<void> }[] = [];
  let nova: ScriptedNova;
  let installer: string;

  const reach = (url: string, through: Through) => {
    const upstream = createNodeUpstream(url, { connect: 1_000, firstByte: 2_000, idle: 2_000 });
    upstreams.push(upstream);
    return authorized(through(upstream.send), fixedToken('admin-token'));
  };

  const asAdmin = async (method: string, path: string, body?: string | Buffer) => {
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
    const init = { method, body: body ?? null, headers: { 'content-type': type } };
    const answer = await builder.ask(path, init, 'admin-token');
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer;
  };

  /** Makes an image as Nova would; `null` = without data. */
  const makeImage = async (document: Shown, data: Buffer | null = disk): Promise<string> => {
    const whole = { disk_format: 'qcow2', container_format: 'bare', ...document };
    const made = await asAdmin('POST', '/v2/images', JSON.stringify(whole));
    const { id } = (await made.json()) as { id: string };
    if (data) await asAdmin('PUT', `/v2/images/${id}/file`, data);
    return id;
  };

  const snapshots = async (): Promise<readonly Shown[]> => {
    const answer = await asAdmin('GET', '/v2/images?name=polyglance-build');
    return ((await answer.json()) as { images: Shown[] }).images;
  };

  beforeAll(async () => {
    nova = await startScriptedNova(imageId);
    installer = await makeImage({ name: 'debian-installer' });
  });
  afterEach(async () => {
    nova.forget();
    nova.servers.clear();
    for (const { id } of await snapshots()) await asAdmin('DELETE', `/v2/images/${id}`);
  });
  afterAll(async () => {
    await Promise.all(upstreams.map((upstream) => upstream.close()));
    await nova.stop();
  });

  const backend = ({ through = (send) => send, ...options }: BackendSetting = {}) =>
    createNova({
      compute: new ComputeClient(reach(nova.url, through)),
      glance: new GlanceClient(reach(builder.url(), through)),
      poll: 5,
      publicUrl: 'http://cloud.example/v2.1/',
      images: { debian12: installer },
      flavor: 'small',
      network: 'none',
      ...options,
    });

  return {
    builder,
    nova: () => nova,
    installer: () => installer,
    makeImage,
    backend,

    /** Puts Nova back to a cloud where all is well. */
    begin: (document: Shown = {}): void => {
      nova.life = goodLife;
      nova.project = adminProject;
      nova.snapshot = ({ name, metadata }) => makeImage({ name, ...metadata, ...document });
    },

    /** The body that the server was booted with. */
    booted: () => {
      const { text } = nova.calls('POST', /\/servers$/)[0] ?? { text: '{"server":{}}' };
      return (JSON.parse(text) as { server: Record<string, unknown> }).server;
    },

    /** Runs one build by itself. */
    build: (
      spec: Partial<ImageSpec> = {},
      {
        id = 'a-build',
        signal = new AbortController().signal,
        ...options
      }: BackendSetting & { id?: string; signal?: AbortSignal } = {},
    ): { done: Promise<Artifact>; told: Told } => {
      const told: Told = { progress: [], where: [], log: [] };
      const order = {
        id,
        name: 'b',
        project: 'p',
        spec: { osName: 'Debian', osVersion: '12', ...spec },
      };
      const done = backend(options).build(order, {
        folder: '/nowhere',
        signal,
        progress: (percent) => told.progress.push(percent),
        locate: (where) => told.where.push(where),
        log: (line) => told.log.push(line),
      });
      return { done, told };
    },

    /** Servers and snapshots of builds that are there now. */
    left: async (): Promise<{
      servers: readonly ScriptedServer[];
      snapshots: readonly Shown[];
    }> => ({
      servers: [...nova.servers.values()],
      snapshots: await snapshots(),
    }),
  };
}

export const nothing = { servers: [], snapshots: [] };

/** The bytes of an artifact. */
export async function dataOf(artifact: Artifact): Promise<string> {
  const chunks = [];
  for await (const chunk of (await artifact.open()).body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
