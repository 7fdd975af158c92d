import { beforeAll, describe, expect, it } from 'vitest';
import { microversions } from '../../mappings/nova.ts';
import { type Answer, projects, useNova } from './setting.ts';

const nova = useNova();
let id = '';
beforeAll(async () => {
  id = await nova.make({ k: 'v' });
});

const current = 'openstack-api-version';
const older = 'x-openstack-nova-api-version';

interface Asked {
  readonly [current]?: string;
  readonly [older]?: string;
}

function echoes(got: Answer, version: string | null): void {
  expect(got.headers.get(current)).toBe(version === null ? null : `compute ${version}`);
  expect(got.headers.get(older)).toBe(version);
  const vary = version === null ? null : 'OpenStack-API-Version, X-OpenStack-Nova-API-Version';
  expect(got.headers.get('vary')).toBe(vary);
}

/** Both ways to ask for a version. */
const bothWays = (version: string): [string, Asked][] => [
  [`compute ${version}`, { [current]: `compute ${version}` }],
  [`${version} in the older header`, { [older]: version }],
];

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `2.${from + i}`);

const part = {
  images: ['GET /v2.1/images', 'GET /v2.1/images/detail', 'GET /v2.1/images/ID'],
  metadata: ['GET /v2.1/images/ID/metadata', 'GET /v2.1/images/ID/metadata/k'],
} as const;

const statusesAt = async (lines: readonly string[], headers: Asked, version: string) => {
  const statuses = new Set<number>();
  for (const line of lines) {
    const got = await nova.ask(line.replace('ID', id), { headers: { ...headers } });
    echoes(got, version);
    statuses.add(got.status);
    if (got.status === 404) {
      expect(got.json.itemNotFound).toEqual({
        code: 404,
        message: 'The resource could not be found.',
      });
    }
  }
  return [...statuses];
};

describe('a version that is served', () => {
  const { imagesGoneFrom, metadataGoneFrom, highest } = microversions;

  it.each([
    ['the newer header', 0],
    ['the older header', 1],
  ])('has images and metadata as long as they lasted, asked for in %s', async (_, way) => {
    for (const version of range(1, highest)) {
      const headers = bothWays(version)[way]?.[1] ?? {};
      const minor = Number(version.slice(2));
      const near = [1, imagesGoneFrom - 1, imagesGoneFrom, metadataGoneFrom - 1, metadataGoneFrom];
      const lines = near.includes(minor)
        ? [part.images, part.metadata]
        : [part.images.slice(1, 2), part.metadata.slice(1)];
      const [images = [], metadata = []] = lines;
      expect(await statusesAt(images, headers, version)).toEqual([
        minor < imagesGoneFrom ? 200 : 404,
      ]);
      expect(await statusesAt(metadata, headers, version)).toEqual([
        minor < metadataGoneFrom ? 200 : 404,
      ]);
    }
  });

  it('latest is the highest, echoed as its number', async () => {
    for (const [, headers] of bothWays('latest')) {
      expect(await statusesAt([...part.images, ...part.metadata], headers, '2.93')).toEqual([404]);
    }
  });

  it('ends writes at the same place as reads', async () => {
    const json = { metadata: { k: 'v' } };
    const statusAt = async (version: string) =>
      (await nova.ask(`POST /v2.1/images/${id}/metadata`, { json, headers: { [older]: version } }))
        .status;
    expect([await statusAt('2.38'), await statusAt('2.39')]).toEqual([200, 404]);
    const doomed = await nova.make();
    const remove = async (version: string) =>
      (await nova.ask(`DELETE /v2.1/images/${doomed}`, { headers: { [older]: version } })).status;
    expect([await remove('2.36'), await remove('2.35')]).toEqual([404, 204]);
  });
});

describe('a version that was not asked for is 2.1', () => {
  it.each<[string, Asked]>([
    ['no header', {}],
    ['another service', { [current]: 'placement 1.30' }],
    ['a bare number', { [current]: '2.36' }],
    ['a bare service', { [current]: 'compute' }],
    ['the name nova', { [current]: 'nova 2.36' }],
    ['nothing in the newer header', { [current]: '' }],
  ])('%s', async (_, headers) => {
    expect(await statusesAt(part.images, headers, '2.1')).toEqual([200]);
  });
});

describe('which header counts', () => {
  it.each<[string, Asked, string]>([
    ['the newer one', { [current]: 'compute 2.7', [older]: '2.9' }, '2.7'],
    [
      'the older one when the newer has another service',
      { [current]: 'image 2.7', [older]: '2.9' },
      '2.9',
    ],
    [
      'compute among several services',
      { [current]: 'placement 1.30, compute 2.7,image 2.1' },
      '2.7',
    ],
    ['compute in any case', { [current]: 'Compute 2.7' }, '2.7'],
    ['compute with more blanks', { [current]: '  compute   2.7 ' }, '2.7'],
    [
      'the newer one even when the older is no version',
      { [current]: 'compute 2.7', [older]: 'abc' },
      '2.7',
    ],
  ])('%s', async (_, headers, version) => {
    expect(await statusesAt(part.images, headers, version)).toEqual([200]);
  });
});

describe('a version that is not served', () => {
  it.each(['2.94', '2.999', '2.0', '1.1', '3.1', '2.9999', '9999.1'].flatMap(bothWays))(
    '%s is 406 and echoed',
    async (_, headers) => {
      const version = (headers[current]?.replace('compute ', '') ?? headers[older]) as string;
      for (const line of [...part.images, ...part.metadata]) {
        const got = await nova.ask(line.replace('ID', id), { headers: { ...headers } });
        expect(got.status).toBe(406);
        expect(got.json).toEqual({
          computeFault: {
            code: 406,
            message: `Version ${version} is not supported by the API. Minimum is 2.1 and maximum is 2.93.`,
          },
        });
        echoes(got, version);
      }
    },
  );
});

describe('which of several versions counts', () => {
  const versionOf = async (headers: Asked) =>
    (await nova.ask('GET /v2.1/images', { headers: { ...headers } })).headers.get(older);

  // right: the last one of compute, as microversion_parse reads the header; now the first
  it('the last one of compute in the newer header', async () => {
    expect(await versionOf({ [current]: 'compute 2.7, compute 2.9' })).toBe('2.9');
  });

  // right: the last of the list, as for a header that came twice; now 400
  it('the last one in the older header', async () => {
    expect(await versionOf({ [older]: '2.7, 2.9' })).toBe('2.9');
  });

  // right: all behind the service is the version, and so is none; now the rest is dropped
  it('no more than one behind the service', async () => {
    const headers = { [current]: 'compute 2.7 x' };
    expect((await nova.ask('GET /v2.1/images', { headers })).status).toBe(400);
  });

  // right: a version of any length has the form, and is not served; now 400
  it('a number of five digits is one', async () => {
    const headers = { [older]: '2.12345' };
    expect((await nova.ask('GET /v2.1/images', { headers })).status).toBe(406);
  });
});

describe('what is no version', () => {
  it.each(
    ['abc', '2', '2.01', '-2.1', '2.1.1', '2.', '.1', '2.1a', '02.1', '2,1', 'Latest'].flatMap(
      (version) => (version.includes(',') ? bothWays(version).slice(2) : bothWays(version)),
    ),
  )('%s is 400 without version headers', async (_, headers) => {
    const version = (headers[current]?.replace('compute ', '') ?? headers[older]) as string;
    const got = await nova.ask('GET /v2.1/images', { headers: { ...headers } });
    expect(got.status).toBe(400);
    expect(got.json.badRequest.message).toBe(
      `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
    echoes(got, null);
  });

  it('an empty older header is none', async () => {
    const got = await nova.ask('GET /v2.1/images', { headers: { [older]: '' } });
    expect(got.status).toBe(400);
    echoes(got, null);
  });
});

describe('below /v2', () => {
  it.each(['2.36', '2.999', 'abc', 'latest', '2.1'].flatMap(bothWays))(
    '%s means nothing',
    async (_, headers) => {
      for (const root of [`/v2/${projects.demo}`, '/compute/v2', `/compute/v2/${projects.demo}`]) {
        for (const path of ['/images', `/images/${id}/metadata`]) {
          const got = await nova.ask(`GET ${root}${path}`, { headers: { ...headers } });
          expect(got.status).toBe(200);
          echoes(got, null);
        }
        const missing = await nova.ask(`GET ${root}/images/x`, { headers: { ...headers } });
        expect(missing.status).toBe(404);
        echoes(missing, null);
      }
    },
  );
});

describe('version headers', () => {
  it('are on success and on every kind of fault', async () => {
    const headers = { [current]: 'compute 2.14' };
    const json = { wrong: 1 };
    const answers = [
      await nova.ask('GET /v2.1/images', { headers }),
      await nova.ask('GET /v2.1/images/x', { headers }),
      await nova.ask('GET /v2.1/images?limit=x', { headers }),
      await nova.ask(`POST /v2.1/images/${id}/metadata`, { headers, json }),
      await nova.ask('GET /v2.1/images', { headers: { ...headers, 'content-type': 'a/b' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 400, 415]);
    for (const got of answers) echoes(got, '2.14');
  });

  it('come as two Vary lines', async () => {
    const { head } = await nova.raw('GET /v2.1/images');
    expect(head.match(/^vary: .*$/gim)?.map((line) => line.slice(6).trim())).toEqual([
      'OpenStack-API-Version',
      'X-OpenStack-Nova-API-Version',
    ]);
  });

  it('are not on a 401', async () => {
    echoes(await nova.ask('GET /v2.1/images', { token: null }), null);
    echoes(await nova.ask('GET /v2.1/images', { token: 'wrong' }), null);
  });
});

describe('the highest version as a setting', () => {
  const lowered = useNova({ novaMaxVersion: '2.35' });

  it('is what latest means, so that its clients are served', async () => {
    const got = await lowered.ask('GET /v2.1/images', { headers: { [current]: 'compute latest' } });
    expect(got.status).toBe(200);
    echoes(got, '2.35');
  });

  it('is the end of what is served', async () => {
    const got = await lowered.ask('GET /v2.1/images', { headers: { [older]: '2.36' } });
    expect(got.status).toBe(406);
    expect(got.json.computeFault.message).toContain('maximum is 2.35.');
    echoes(got, '2.36');
  });

  it('is announced', async () => {
    const one = await lowered.ask('GET /v2.1/', { token: null });
    expect(one.json.version.version).toBe('2.35');
    const all = await lowered.ask('GET /compute/', { token: null });
    expect(all.json.versions.map(({ version }) => version)).toEqual(['', '2.35']);
  });
});

describe('serving beyond the end as a setting', () => {
  const beyond = useNova({ novaServeBeyond: true });

  it('serves clients that ask for latest', async () => {
    for (const [, headers] of bothWays('latest')) {
      for (const path of ['/images', '/images/detail']) {
        const got = await beyond.ask(`GET /v2.1${path}`, { headers: { ...headers } });
        expect(got.status).toBe(200);
        echoes(got, '2.93');
      }
      const image = await beyond.make({ k: 'v' });
      const got = await beyond.ask(`GET /v2.1/images/${image}/metadata`, {
        headers: { ...headers },
      });
      expect(got.json).toEqual({ metadata: { k: 'v' } });
    }
  });

  it('still refuses a number beyond the end', async () => {
    for (const version of ['2.36', '2.93']) {
      const got = await beyond.ask('GET /v2.1/images', { headers: { [older]: version } });
      expect(got.status).toBe(404);
      echoes(got, version);
    }
  });
});
