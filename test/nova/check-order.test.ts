import { beforeAll, describe, expect, it } from 'vitest';
import { faultOf, items, nobody, projects, useNova } from './setting.ts';

const nova = useNova();
let full = '';
beforeAll(async () => {
  full = await nova.make(items(128));
});

/** One mistake each, in the order in which Nova finds them, with what it says. */
interface Mistake {
  readonly name: string;
  readonly status: number;
  readonly says: string | RegExp;
}

const mistakes: readonly Mistake[] = [
  { name: 'token', status: 401, says: /requires authentication/ },
  { name: 'version', status: 406, says: /^Version 2\.999 is not supported/ },
  { name: 'type', status: 415, says: 'Unsupported Content-Type' },
  { name: 'json', status: 400, says: 'Malformed request body' },
  { name: 'project', status: 400, says: /^Malformed request URL/ },
  { name: 'gone', status: 404, says: 'The resource could not be found.' },
  { name: 'schema', status: 400, says: /^Invalid input/ },
  { name: 'uri', status: 400, says: 'Request body and URI mismatch' },
  { name: 'image', status: 404, says: 'Image not found.' },
  { name: 'limit', status: 403, says: 'Image metadata limit exceeded' },
];

/** A request that makes the mistakes given; of those that need the same header or body, the earlier. */
async function mistaken(made: ReadonlySet<string>) {
  const version = made.has('version') ? '2.999' : made.has('gone') ? '2.40' : '2.1';
  const project = made.has('project') ? projects.alt : projects.demo;
  const id = made.has('image') ? nobody : full;
  const item = made.has('schema') ? { key: 1 } : made.has('uri') ? { other: '' } : { key: '' };
  const text = made.has('json') ? '{' : JSON.stringify({ meta: item });
  return nova.ask(`PUT /v2.1/${project}/images/${id}/metadata/key`, {
    token: made.has('token') ? null : 'demo-token',
    headers: {
      'content-type': made.has('type') ? 'application/xml' : 'application/json',
      'x-openstack-nova-api-version': version,
    },
    text,
  });
}

const saidIn = ({ status, json }: Awaited<ReturnType<typeof mistaken>>) => ({
  status,
  says: faultOf({ json })[1].message,
});

describe('of several mistakes the first in this order is told', () => {
  it.each(mistakes)('$name: $status', async ({ name, status, says }) => {
    const alone = saidIn(await mistaken(new Set([name])));
    expect(alone).toEqual({
      status,
      says: typeof says === 'string' ? says : expect.stringMatching(says),
    });
  });

  const pairs = mistakes.flatMap((first, i) =>
    mistakes.slice(i + 1).map((second) => ({ first, second })),
  );

  it.each(pairs)('$first.name before $second.name', async ({ first, second }) => {
    const both = saidIn(await mistaken(new Set([first.name, second.name])));
    expect(both).toEqual(saidIn(await mistaken(new Set([first.name]))));
  });

  it('all at once', async () => {
    const left = mistakes.map(({ name }) => name);
    for (const { status } of mistakes) {
      expect((await mistaken(new Set(left))).status).toBe(status);
      left.shift();
    }
    expect(left).toHaveLength(0);
  });
});

describe('a version that is none', () => {
  it('is told before the type of the body, after the token', async () => {
    const headers = { 'content-type': 'a/b', 'x-openstack-nova-api-version': 'abc' };
    const got = await nova.ask('GET /v2.1/images', { headers });
    expect(got.json.badRequest.message).toContain('API Version String');
    expect((await nova.ask('GET /v2.1/images', { headers, token: 'wrong' })).status).toBe(401);
  });
});

describe('on the other endpoints', () => {
  it('a bad query is told after the version that ends the endpoint', async () => {
    const headers = { 'x-openstack-nova-api-version': '2.36' };
    expect((await nova.ask('GET /v2.1/images?limit=x', { headers })).status).toBe(404);
  });

  // right: Nova never reads a body where an endpoint has none; now it must be JSON
  it('a body that nobody asked for is not read', async () => {
    const headers = ['X-Auth-Token: demo-token', 'Content-Type: application/json'];
    const read = await nova.raw(`GET /v2.1/images/${full}/metadata`, headers, '{');
    const removed = await nova.raw(`DELETE /v2.1/images/${nobody}`, headers, '{');
    expect([read.status, removed.status]).toEqual([200, 404]);
  });
});
