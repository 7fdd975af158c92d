import { beforeAll, describe, expect, it } from 'vitest';
import { filters, listParameters, statuses } from '../../mappings/nova.ts';
import { isFault } from '../../src/core/fault.ts';
import { isBaseField } from '../../src/core/image.ts';
import { readListQuery } from '../../src/dialects/nova/list-query.ts';
import { answer, cannedImage } from '../fixtures/fake-glance.ts';
import { projects, useNova, useScripted } from './setting.ts';

describe('the example of a filter row', () => {
  it.each(filters)('for $param asks Glance', ({ param, example: [query, asked] }) => {
    const selection = readListQuery(new URLSearchParams(query));
    if (isFault(selection)) throw new TypeError(selection.message);
    expect(selection.ask.map(([name, value]) => `${name}=${value}`).join('&')).toBe(asked);
    // what a build is asked for is looked at once more: its status, and letter case
    expect(selection.keep === undefined).toBe(!/^(?:status|os.*)$/.test(param));
  });
});

const nova = useNova();
const server = '4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f';
const ids: Record<string, string> = {};
beforeAll(async () => {
  ids['plain'] = await nova.make({ name: 'plain', min_ram: 64, min_disk: 2 }, { data: 'x' });
  ids['blank'] = await nova.make({ name: 'a b+c', os_type: 'linux', tag: 'mine', empty: '' });
  ids['comma'] = await nova.make({ name: 'in:a,b', 'eq:': 'x', 'odd key': 'odd value, two' });
  ids['a'] = await nova.make({ name: 'a', min_ram: 64, property_x: 'p', limit: 'l', sort: 's' });
  ids['snapshot'] = await nova.make({
    name: 'snapshot',
    instance_uuid: server,
    image_type: 'snapshot',
    kind: 'gte:1',
  });
  ids['umlaut'] = await nova.make({ name: 'Bild ü →', os_type: 'Linux' });
  ids['off'] = await nova.make({ name: 'off' }, { data: 'x' });
  await nova.ask(`POST /v2/images/${ids['off']}/actions/deactivate`, { token: 'admin-token' });
});

const everything = ['a', 'blank', 'comma', 'off', 'plain', 'snapshot', 'umlaut'];

async function found(query: string, root = '/v2.1'): Promise<string[]> {
  const got = await nova.ask(`GET ${root}/images?${query}`);
  if (got.status !== 200) return [`${got.status} ${Object.keys(got.json)}`];
  const detail = await nova.ask(`GET ${root}/images/detail?${query}`);
  expect(detail.json.images.map(({ id }) => id)).toEqual(got.json.images.map(({ id }) => id));
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  return got.json.images.map(({ id }) => names.get(id) ?? id).sort();
}

const cases: Readonly<Record<string, readonly [query: string, found: readonly string[]][]>> = {
  name: [
    ['name=plain', ['plain']],
    ['name=Plain', []],
    ['name=a+b%2Bc', ['blank']],
    ['name=a%20b%2bc', ['blank']],
    ['name=in:a,b', ['comma']],
    ['name=in%3Aa%2Cb', ['comma']],
    ['name=eq:a', []],
    ['name=neq:a', []],
    ['name=in:a', []],
    ['name=Bild+%C3%BC+%E2%86%92', ['umlaut']],
    ['name=', []],
    ['name=%22a%22', []],
  ],
  osname: [['osname=Fedora', []]],
  osversion: [['osversion=37', []]],
  osarch: [['osarch=x86_64', []]],
  status: [
    ['status=ACTIVE', ['plain']],
    ['status=active', ['plain']],
    ['status=Active', ['plain']],
    ['status=queued', ['a', 'blank', 'comma', 'snapshot', 'umlaut']],
    ['status=deactivated', ['off']],
    ['status=SAVING', []],
    ['status=ERROR', []],
    ['status=DELETED', []],
    ['status=UNKNOWN', []],
    ['status=nonsense', []],
    ['status=in:active,queued', []],
    ['status=neq:active', []],
    ['status=', []],
  ],
  minRam: [
    ['minRam=64', ['a', 'plain']],
    ['minRam=0', ['blank', 'comma', 'off', 'snapshot', 'umlaut']],
    ['minRam=63', []],
    ['minRam=064', ['a', 'plain']],
    ['minRam=nonsense', []],
    ['minRam=-1', []],
    ['minRam=', []],
    ['minRam=gte:1', []],
    ['minRam=1.5', []],
    ['minRam=99999999999999999999999', []],
  ],
  minDisk: [
    ['minDisk=2', ['plain']],
    ['minDisk=1', []],
    ['minDisk=x', []],
  ],
  server: [
    [`server=${server}`, ['snapshot']],
    [`server=http://nova.example/v2.1/servers/${server}`, ['snapshot']],
    [`server=/${server}`, ['snapshot']],
    [`server=${server}/`, []],
    ['server=', []],
    ['server=nonsense', []],
  ],
  type: [
    ['type=snapshot', ['snapshot']],
    ['type=base', []],
    ['type=Snapshot', []],
  ],
  'changes-since': [
    ['changes-since=2011-01-24T17:08Z', everything],
    ['changes-since=2011-01-24', everything],
    ['changes-since=2011-01-24T17:08:00%2B01:00', everything],
    ['changes-since=2999-01-01T00:00:00Z', []],
    ['changes-since=', ['400 badRequest']],
    ['changes-since=yesterday', ['400 badRequest']],
    ['changes-since=2011-13-01', ['400 badRequest']],
    ['changes-since=gte:2011-01-24', ['400 badRequest']],
  ],
  'property-*': [
    ['property-os_type=linux', ['blank']],
    ['property-os_type=LINUX', []],
    ['property-property_x=p', ['a']],
    ['property-odd+key=odd+value,+two', ['comma']],
    ['property-eq:=x', ['comma']],
    ['property-kind=gte:1', ['snapshot']],
    ['property-kind=gte:0', []],
    ['property-empty=', ['blank']],
    ['property-nothing=', []],
    ['property-tag=mine', ['blank']],
    ['property-limit=l', ['a']],
    ['property-sort=s', ['a']],
    ['property-=', []],
    ['property-instance_uuid=nonsense', []],
  ],
};

describe.each(filters.map(({ param }) => param))('the filter %s', (param) => {
  const rows = cases[param] ?? [];

  it('has cases', () => expect(rows.length).toBeGreaterThan(0));

  it.each(rows)('%s', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });

  it('does the same below /v2', async () => {
    const [query = '', names] = rows[0] ?? [];
    expect(await found(query, `/v2/${projects.demo}`)).toEqual(names);
  });
});

describe('a property whose name is a parameter of v2', () => {
  const scripted = useScripted();
  const canned = [
    cannedImage({ id: '00000000-0000-4000-8000-000000000001' }),
    ...listParameters.map((name, i) =>
      cannedImage({
        id: `00000000-0000-4000-8000-1${String(i).padStart(11, '0')}`,
        ...(!isBaseField(name) && { [name]: 'v' }),
      }),
    ),
  ];

  it.each(listParameters.map((name) => [name]))('%s is sifted here', async (name) => {
    scripted.glance.on('GET', /./, answer(200, { images: canned }));
    const { json } = await scripted.ask(`GET /v2.1/images/detail?property-${name}=v`);
    const query = new URL(scripted.glance.seen[0]?.target ?? '', 'http://x').searchParams;
    expect([...query.keys()]).toEqual(['sort', 'limit']);
    const fits = canned.filter((image) => image[name] === 'v').map((image) => image['id']);
    expect(json.images.map(({ id }) => id)).toEqual(fits);
  });

  it('with a limit goes on until enough are found', async () => {
    scripted.glance.on('GET', /./, answer(200, { images: canned }));
    const { json } = await scripted.ask('GET /v2.1/images/detail?property-tag=v&limit=1');
    expect(json.images).toHaveLength(1);
    expect(json.images_links).toHaveLength(1);
  });
});

describe('several filters', () => {
  it.each<[string, string[]]>([
    ['minRam=64&status=ACTIVE', ['plain']],
    ['minRam=64&name=a', ['a']],
    ['minRam=64&name=blank', []],
    ['property-tag=mine&property-os_type=linux', ['blank']],
    ['property-tag=mine&status=ACTIVE', []],
    ['status=UNKNOWN&name=a', []],
  ])('%s must all fit', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });
});

describe('a repeated parameter', () => {
  it.each<[string, string[]]>([
    ['name=nobody&name=a', ['a']],
    ['name=a&name=nobody', []],
    ['minRam=x&minRam=64', ['a', 'plain']],
    ['status=nonsense&status=active', ['plain']],
    ['property-tag=x&property-tag=mine', ['blank']],
    ['changes-since=nonsense&changes-since=2999-01-01', []],
    ['limit=x&limit=0&name=a', ['a']],
    ['limit=0&limit=x', ['400 badRequest']],
  ])('%s: the last counts', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });
});

describe('as Nova reads a query', () => {
  // right: blanks around a number do not count, as for a limit; now it finds nothing
  it.each(['minRam=%2064', 'minRam=+64', 'minDisk=2%20'])('%s is a number', async (query) => {
    expect((await found(query)).length).toBeGreaterThan(0);
  });

  it('a semicolon is part of the value', async () => {
    expect(await found('name=plain;limit=1')).toEqual([]);
  });
});

describe('what is no filter', () => {
  it.each([
    'visibility=public',
    'owner=nobody',
    'is_public=false',
    'sort_key=nonsense',
    'sort_dir=up',
    'sort=nonsense',
    'size_min=9999',
    'size_max=0',
    'tag=none',
    'member_status=all',
    'os_hidden=true',
    'min_ram=64',
    'id=x',
    'NAME=plain',
    'minram=64',
    'property=x',
    'Property-os_type=linux',
    'foo=bar&=&a',
    '%ff=x',
  ])('%s is ignored', async (query) => {
    expect(await found(query)).toEqual(everything);
  });
});

describe('a query that is not UTF-8', () => {
  it.each(['name=%ff', 'name=%', 'property-os_type=%C3', 'status=%fe%ff', 'name=%zz'])(
    '%s is read with replacement characters and finds nothing',
    async (query) => {
      const got = await nova.raw(`GET /v2.1/images?${query}`);
      expect([got.status, got.json.images]).toEqual([200, []]);
    },
  );
});

describe('statuses', () => {
  it.each(statuses)('the word of Glance for $legacy, $v2, is asked for', ({ v2 }) => {
    const selection = readListQuery(new URLSearchParams({ status: v2.toUpperCase() }));
    if (isFault(selection)) throw new TypeError(selection.message);
    expect(selection.ask).toEqual([['status', `eq:${v2}`]]);
  });
});

describe('what is listed', () => {
  const other = useNova();

  it('are own, public and accepted images, no hidden ones; every one for an operator', async () => {
    const admin = 'admin-token';
    const made = {
      own: await other.make({ name: 'own' }),
      hidden: await other.make({ name: 'hidden', os_hidden: true }),
      public: await other.make({ name: 'public', visibility: 'public' }, { token: admin }),
      community: await other.make(
        { name: 'community', visibility: 'community' },
        { token: 'alt-token' },
      ),
      private: await other.make({ name: 'private', visibility: 'private' }, { token: 'alt-token' }),
      pending: await other.make({ name: 'pending' }, { token: 'alt-token' }),
      accepted: await other.make({ name: 'accepted' }, { token: 'alt-token' }),
      rejected: await other.make({ name: 'rejected' }, { token: 'alt-token' }),
    };
    for (const status of ['pending', 'accepted', 'rejected'] as const) {
      const members = `/v2/images/${made[status]}/members`;
      const json = { member: projects.demo };
      expect((await other.ask(`POST ${members}`, { token: 'alt-token', json })).status).toBe(200);
      const accept = await other.ask(`PUT ${members}/${projects.demo}`, { json: { status } });
      expect(accept.status).toBe(200);
    }
    const listed = async (token: string) =>
      (await other.ask('GET /v2.1/images', { token })).json.images.map(({ name }) => name).sort();
    expect(await listed('demo-token')).toEqual(['accepted', 'own', 'public']);
    const all = await listed(admin);
    for (const name of ['own', 'public', 'private', 'pending']) expect(all).toContain(name);

    const show = async (name: keyof typeof made) => {
      const id = made[name];
      const shown = await other.ask(`GET /v2.1/images/${id}`);
      const read = await other.ask(`GET /v2.1/images/${id}/metadata`);
      const json = { metadata: { k: 'v' } };
      const write = await other.ask(`POST /v2.1/images/${id}/metadata`, { json });
      const removed = await other.ask(`DELETE /v2.1/images/${id}`);
      if (write.status === 403) {
        expect(write.json.forbidden.message).toBe(`Not authorized for image ${id}.`);
      }
      if (removed.status === 403) {
        expect(removed.json.forbidden.message).toBe('You are not allowed to delete the image.');
      }
      if (shown.status === 404) expect(shown.json.itemNotFound.message).toBe('Image not found.');
      return [shown.status, read.status, write.status, removed.status];
    };
    expect(await show('own')).toEqual([200, 200, 200, 204]);
    expect(await show('hidden')).toEqual([200, 200, 200, 204]);
    expect(await show('public')).toEqual([200, 200, 403, 403]);
    expect(await show('accepted')).toEqual([200, 200, 403, 403]);
    expect(await show('pending')).toEqual([200, 200, 403, 403]);
    expect(await show('rejected')).toEqual([200, 200, 403, 403]);
    expect(await show('community')).toEqual([200, 200, 403, 403]);
    expect(await show('private')).toEqual([404, 404, 404, 404]);
  });

  it('a protected image is not deleted', async () => {
    const id = await other.make({ protected: true });
    const got = await other.ask(`DELETE /v2.1/images/${id}`);
    expect([got.status, got.json.forbidden.message]).toEqual([
      403,
      'You are not allowed to delete the image.',
    ]);
  });
});
