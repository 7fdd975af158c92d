import { describe, expect, it } from 'vitest';
import { patchMediaType } from '../../src/core/patch.ts';
import { answer, cannedImage, imageId } from '../fixtures/fake-glance.ts';
import { items, useNova, useScripted } from './setting.ts';

interface Step {
  readonly op: string;
  readonly path: string;
  readonly value?: string;
}

const path = `/v2.1/images/${imageId}/metadata`;
const present = { kept: 'v', changed: 'old', 'od~d/key': 'x' };

interface Write {
  readonly line: string;
  readonly json?: unknown;
  readonly steps: readonly Step[];
}

const writes: readonly Write[] = [
  {
    line: `POST ${path}`,
    json: { metadata: { changed: 'new', added: 'a', kept: 'v' } },
    steps: [
      { op: 'add', path: '/changed', value: 'new' },
      { op: 'add', path: '/added', value: 'a' },
    ],
  },
  {
    line: `PUT ${path}`,
    json: { metadata: { changed: 'new', added: 'a' } },
    steps: [
      { op: 'add', path: '/changed', value: 'new' },
      { op: 'add', path: '/added', value: 'a' },
      { op: 'remove', path: '/kept' },
      { op: 'remove', path: '/od~0d~1key' },
    ],
  },
  {
    line: `PUT ${path}/added`,
    json: { meta: { added: 'a' } },
    steps: [{ op: 'add', path: '/added', value: 'a' }],
  },
  { line: `DELETE ${path}/changed`, steps: [{ op: 'remove', path: '/changed' }] },
];

describe('in terms of Glance', () => {
  const nova = useScripted();
  const image = () => nova.glance.on('GET', /images\/[^/]+$/, answer(200, cannedImage(present)));

  it.each(writes)('$line is one read and one patch', async ({ line, json, steps }) => {
    image();
    const got = await nova.ask(line, { json });
    expect(got.status).toBe(line.startsWith('DELETE') ? 204 : 200);
    const { seen } = nova.glance;
    expect(seen.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET /v2/images/${imageId}`,
      `PATCH /v2/images/${imageId}`,
    ]);
    expect(seen[1]?.headers['content-type']).toBe(patchMediaType);
    expect(seen[1]?.headers['x-auth-token']).toBe('demo-token');
    expect(JSON.parse(seen[1]?.text ?? '')).toEqual(steps);
  });

  it.each([
    ['POST', path, { metadata: { kept: 'v' } }, 200],
    ['POST', path, { metadata: {} }, 200],
    ['PUT', path, { metadata: { kept: 'v', changed: 'old' } }, 200],
    ['PUT', `${path}/kept`, { meta: { kept: 'v' } }, 200],
    ['DELETE', `${path}/no-such`, undefined, 404],
    ['POST', path, { metadata: items(129) }, 403],
    ['POST', path, { metadata: { tags: 'x' } }, 400],
    ['POST', path, { metadata: { status: 'x' } }, 403],
  ])('%s %s %j changes nothing: one read and no patch', async (method, target, json, status) => {
    const { kept, changed } = present;
    nova.glance.on('GET', /images\/[^/]+$/, answer(200, cannedImage({ kept, changed })));
    expect((await nova.ask(`${method} ${target}`, { json })).status).toBe(status);
    expect(nova.glance.seen.map((each) => each.method)).toEqual(['GET']);
  });

  it.each(['GET', 'DELETE'])('%s of an image is one call', async (method) => {
    await nova.ask(`${method} /v2.1/images/${imageId}`);
    expect(nova.glance.seen.map((each) => `${each.method} ${each.target}`)).toEqual([
      `${method} /v2/images/${imageId}`,
    ]);
  });

  it('a body that is refused asks nothing', async () => {
    await nova.ask(`POST ${path}`, { json: { metadata: { k: 1 } } });
    await nova.ask(`PUT ${path}/k`, { json: { meta: { other: 'v' } } });
    expect(nova.glance.seen).toHaveLength(0);
  });

  it('a conflict is read and tried once more, then told', async () => {
    image();
    nova.glance.on('PATCH', /./, answer(409, { message: 'somebody was faster' }));
    const got = await nova.ask(`POST ${path}`, { json: { metadata: { k: 'v' } } });
    expect(got.status).toBe(409);
    expect(Object.keys(got.json)).toEqual(['conflictingRequest']);
    expect(nova.glance.seen.map((each) => each.method)).toEqual(['GET', 'PATCH', 'GET', 'PATCH']);
  });

  it.each([
    [400, 400, 'badRequest'],
    [401, 401, 'error'],
    [403, 403, 'forbidden'],
    [404, 404, 'itemNotFound'],
    [413, 403, 'forbidden'],
    [500, 503, 'serviceUnavailable'],
    [503, 503, 'serviceUnavailable'],
  ])('a patch refused with %i is %i %s', async (theirs, ours, name) => {
    image();
    nova.glance.on('PATCH', /./, answer(theirs, { message: 'because' }));
    const got = await nova.ask(`POST ${path}`, { json: { metadata: { k: 'v' } } });
    expect([got.status, Object.keys(got.json)]).toEqual([ours, [name]]);
    if (theirs === 403) {
      expect(got.json.forbidden.message).toBe(`Not authorized for image ${imageId}.`);
    }
    if (theirs === 413) {
      expect(got.json.forbidden.message).toBe('Image metadata limit exceeded');
    }
  });
});

describe('in an image', () => {
  const nova = useNova();
  const all = async (id: string) =>
    (await nova.ask(`GET /v2.1/images/${id}/metadata`)).json.metadata;

  it('a merge keeps the rest and answers with the whole set', async () => {
    const id = await nova.make({ a: '1', b: '2' });
    const got = await nova.ask(`POST /v2.1/images/${id}/metadata`, {
      json: { metadata: { b: 'two', c: '3' } },
    });
    expect(got.json).toEqual({ metadata: { a: '1', b: 'two', c: '3' } });
    expect(await all(id)).toEqual({ a: '1', b: 'two', c: '3' });
  });

  it('a replacement drops the rest and answers with what was sent', async () => {
    const id = await nova.make({ a: '1', b: '2', 'odd/key': 'x', ü: 'y' });
    const got = await nova.ask(`PUT /v2.1/images/${id}/metadata`, {
      json: { metadata: { b: 'two', name: 'ignored' } },
    });
    expect(got.json).toEqual({ metadata: { b: 'two', name: 'ignored' } });
    expect(await all(id)).toEqual({ b: 'two' });
  });

  it('a removed item is gone, and cannot be removed again', async () => {
    const id = await nova.make({ a: '1', b: '2' });
    expect((await nova.ask(`DELETE /v2.1/images/${id}/metadata/a`)).status).toBe(204);
    const again = await nova.ask(`DELETE /v2.1/images/${id}/metadata/a`);
    expect([again.status, again.json.itemNotFound.message]).toEqual([404, 'Invalid metadata key']);
    const shown = await nova.ask(`GET /v2.1/images/${id}/metadata/a`);
    expect([shown.status, shown.json.itemNotFound.message]).toEqual([
      404,
      'The resource could not be found.',
    ]);
    expect(await all(id)).toEqual({ b: '2' });
  });

  it('a base field is no item to read or remove', async () => {
    const id = await nova.make({ name: 'n' });
    for (const key of ['name', 'id', 'status', 'tags', 'owner', 'self', 'visibility']) {
      expect((await nova.ask(`GET /v2.1/images/${id}/metadata/${key}`)).status).toBe(404);
      expect((await nova.ask(`DELETE /v2.1/images/${id}/metadata/${key}`)).status).toBe(404);
    }
    expect((await nova.behind(id))['name']).toBe('n');
  });

  const everyWrite: readonly { method: string; rest: string; json?: unknown }[] = [
    { method: 'POST', rest: '', json: { metadata: { n: '1' } } },
    { method: 'PUT', rest: '', json: { metadata: { n: '2' } } },
    { method: 'PUT', rest: '/n', json: { meta: { n: '3' } } },
    { method: 'DELETE', rest: '/n' },
  ];
  const write = (id: string, { method, rest, json }: (typeof everyWrite)[number], token?: string) =>
    nova.ask(`${method} /v2.1/images/${id}/metadata${rest}`, {
      json,
      ...(token !== undefined && { token }),
    });

  it.each(['private', 'shared', 'community', 'public'])(
    'every write leaves visibility %s, tags, data and base fields alone',
    async (visibility) => {
      const token = 'admin-token';
      const id = await nova.make(
        { visibility, name: 'n', tags: ['a', 'b'], min_ram: 5, min_disk: 6, k: 'v' },
        { data: 'bytes', token },
      );
      const pick = async () => {
        const { updated_at: _, k: __, n: ___, ...rest } = await nova.behind(id, token);
        return rest;
      };
      const before = await pick();
      expect(before['visibility']).toBe(visibility);
      for (const each of everyWrite) {
        expect((await write(id, each, token)).status).toBeLessThan(300);
        expect(await pick()).toEqual(before);
      }
    },
  );

  it('protected, hidden and deactivated images can be written', async () => {
    for (const attributes of [{ protected: true }, { os_hidden: true }]) {
      const id = await nova.make(attributes);
      for (const each of everyWrite) expect((await write(id, each)).status).toBeLessThan(300);
    }
    const id = await nova.make({}, { data: 'x' });
    const off = await nova.ask(`POST /v2/images/${id}/actions/deactivate`, {
      token: 'admin-token',
    });
    expect(off.status).toBe(204);
    for (const each of everyWrite) expect((await write(id, each)).status).toBeLessThan(300);
  });

  it('parallel writers of different keys lose nothing', async () => {
    const id = await nova.make({ k: 'v' });
    const set = items(30, 'w');
    const answers = await Promise.all(
      Object.entries(set).map(([key, value], i) =>
        i % 2 === 0
          ? nova.ask(`PUT /v2.1/images/${id}/metadata/${key}`, { json: { meta: { [key]: value } } })
          : nova.ask(`POST /v2.1/images/${id}/metadata`, { json: { metadata: { [key]: value } } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await all(id)).toEqual({ k: 'v', ...set });
  });

  it('parallel removals of different keys remove them all', async () => {
    const set = items(20, 'w');
    const id = await nova.make({ ...set, k: 'v' });
    const answers = await Promise.all(
      Object.keys(set).map((key) => nova.ask(`DELETE /v2.1/images/${id}/metadata/${key}`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await all(id)).toEqual({ k: 'v' });
  });
});
