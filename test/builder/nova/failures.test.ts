import { describe, expect, it } from 'vitest';
import { BuildFailure } from '../../../src/builder/backend.ts';
import { Trouble } from '../../../src/builder/trouble.ts';
import { answer, type Script } from '../../fixtures/fake-glance.ts';
import { novaFault, type ScriptedNova } from '../../fixtures/scripted-nova.ts';
import { nothing, useNova } from './setting.ts';

const cloud = useNova();
const down = answer(503, 'Words of the inside.');

/** Answers so for a number of times, then as usual. */
function times(count: number, script: Script, which: 'show' | 'remove' | 'list'): void {
  const nova = cloud.nova();
  let left = count;
  nova[which] = (exchange) => {
    left -= 1;
    if (left === 0) nova[which] = undefined;
    return script(exchange);
  };
}

const failing = async (done: Promise<unknown>): Promise<Error> => {
  const error = await done.then(
    () => undefined,
    (reason: Error) => reason,
  );
  if (!error) throw new Error('it went well');
  return error;
};

describe('an order that cannot be built', () => {
  it.each([
    [{ osName: 'Haiku' }, 'There is no installer image for Haiku 12.'],
    [{ osArch: 'arm64' }, 'There is no installer image for Debian 12 on arm64.'],
    [
      { installSource: { url: 'http://x/' } },
      'An installer image brings its own sources: installSource cannot be used.',
    ],
    [
      { installScript: 'x'.repeat(49_150) },
      'The installScript is too long: a server takes at most 49149 bytes.',
    ],
  ])('is declined, and fails all the same when it is tried: %j', async (spec, sentence) => {
    const whole = { osName: 'Debian', osVersion: '12', ...spec };
    expect(cloud.backend().declines(whole)).toBe(sentence);
    const error = await failing(cloud.build(spec).done);
    expect(error).toBeInstanceOf(BuildFailure);
    expect(error.message).toBe(sentence);
    expect(cloud.nova().calls('POST')).toEqual([]);
  });

  it('may have a script that just fits', async () => {
    cloud.begin();
    const artifact = await cloud.build({ installScript: 'x'.repeat(49_149) }).done;
    expect(String(cloud.booted()['user_data'])).toHaveLength(65_532);
    await artifact.release?.();
  });
});

type Step = readonly [
  name: string,
  prepare: (nova: ScriptedNova) => void,
  kind: typeof BuildFailure | typeof Trouble,
  sentence: RegExp,
];

const steps: readonly Step[] = [
  [
    'the quota is used up',
    (nova) => {
      nova.boot = novaFault(403, 'forbidden', 'Quota exceeded for instances.');
    },
    BuildFailure,
    /^The Compute service refused the server: Quota exceeded for instances\.$/,
  ],
  [
    'Nova repeats what it was sent',
    (nova) => {
      nova.boot = novaFault(400, 'badRequest', 'Invalid user_data. Value: c2VjcmV0\n. no.');
    },
    BuildFailure,
    /^The Compute service refused the server: Invalid user_data\.$/,
  ],
  [
    'Nova is down when a server is wanted',
    (nova) => {
      nova.boot = down;
    },
    Trouble,
    /^The Compute service is currently unavailable/,
  ],
  [
    'the server goes to ERROR',
    (nova) => {
      const message =
        'Image 5 at http://10.0.0.5:9292/x is\nunacceptable: /var/lib/nova/instances/_base/a too large on 10.0.0.7';
      nova.life = [{ status: 'BUILD' }, { status: 'ERROR', fault: { code: 500, message } }];
    },
    BuildFailure,
    /^The server that runs the installer failed: Image 5 at … is unacceptable: … too large on …$/,
  ],
  [
    'the server goes to ERROR without a word',
    (nova) => {
      nova.life = [{ status: 'ERROR' }];
    },
    BuildFailure,
    /^The server that runs the installer failed\.$/,
  ],
  [
    'the server vanishes',
    (nova) => {
      nova.show = novaFault(404, 'itemNotFound', 'Instance could not be found.');
    },
    BuildFailure,
    /^The server that ran the installer was removed\.$/,
  ],
  [
    'the server is deleted softly',
    (nova) => {
      nova.life = [{ status: 'SOFT_DELETED' }];
    },
    BuildFailure,
    /^The server that ran the installer was removed\.$/,
  ],
  [
    'Nova stays away',
    (nova) => {
      nova.show = down;
    },
    Trouble,
    /^The Compute service is currently unavailable/,
  ],
  [
    'the snapshot is refused',
    (nova) => {
      nova.action = novaFault(409, 'conflictingRequest', "Cannot 'createImage'.");
    },
    BuildFailure,
    /^The Compute service refused the snapshot: Cannot 'createImage'\.$/,
  ],
  [
    'the snapshot has no image',
    (nova) => {
      nova.action = answer(202);
    },
    Trouble,
    /^The Compute service gave an answer/,
  ],
  [
    'Nova gives the snapshot up',
    (nova) => {
      nova.snapshot = () => '99999999-2222-4333-8444-555555555555';
    },
    BuildFailure,
    /^The snapshot of the server failed\.$/,
  ],
  [
    'the snapshot is empty',
    (nova) => {
      nova.snapshot = ({ name, metadata }) =>
        cloud.makeImage({ name, ...metadata, disk_format: 'raw' }, Buffer.alloc(0));
    },
    BuildFailure,
    /^The snapshot of the server is empty\.$/,
  ],
  [
    'the snapshot has another format',
    (nova) => {
      nova.snapshot = ({ name, metadata }) =>
        cloud.makeImage({ name, ...metadata, disk_format: 'vmdk' });
    },
    BuildFailure,
    /^The snapshot is in the format vmdk; only qcow2 and raw can be used\.$/,
  ],
];

describe('a build', () => {
  it.each(steps)('fails when %s, and leaves nothing', async (_, prepare, kind, sentence) => {
    cloud.begin();
    prepare(cloud.nova());
    const error = await failing(cloud.build({ installScript: 'secret' }).done);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(sentence);
    cloud.nova().show = undefined;
    expect(await cloud.left()).toEqual(nothing);
  });

  it('bears a Nova that is away for a while', async () => {
    cloud.begin();
    times(20, down, 'show');
    await (await cloud.build().done).release?.();
    expect(await cloud.left()).toEqual(nothing);
  });

  it('whose server was booted although the answer was lost leaves none', async () => {
    cloud.begin();
    const nova = cloud.nova();
    nova.boot = async ({ receive, seen, socket }) => {
      await receive();
      const { server } = JSON.parse(seen.text) as { server: { name: string; metadata: object } };
      nova.servers.set('lost', { ...server, metadata: { ...server.metadata } });
      socket.resetAndDestroy();
    };
    expect(await failing(cloud.build().done)).toBeInstanceOf(Trouble);
    expect(nova.calls('DELETE', /\/lost$/)).not.toEqual([]);
    expect(await cloud.left()).toEqual(nothing);
  });

  it.each(['remove', 'list'] as const)(
    'tries again when Nova refuses to %s servers',
    async (which) => {
      cloud.begin();
      const artifact = await cloud.build().done;
      cloud.nova().servers.set('mine', { name: 'polyglance-build-x', metadata: markOfBuild() });
      times(3, novaFault(409, 'conflictingRequest', 'Not now.'), which);
      await artifact.release?.();
      expect(await cloud.left()).toEqual(nothing);
    },
  );

  it('says so when something cannot be removed, and comes to its end', async () => {
    cloud.begin();
    cloud.nova().remove = novaFault(403, 'forbidden', 'Locked.');
    const { done, told } = cloud.build();
    await (await done).release?.();
    expect(told.log.at(-1)).toBe('servers or snapshots may be left behind');
    expect(told.log).toContainEqual(
      expect.stringMatching(/^the server \S+ cannot be removed yet: Locked\.$/),
    );
  });
});

/** The mark that the server was booted with. */
const markOfBuild = (): Record<string, string> =>
  cloud.booted()['metadata'] as Record<string, string>;
