import { beforeAll, describe, expect, it } from 'vitest';
import { altProject, type Client, demoProject, freshClient, sentenceOf } from './client.ts';

describe('the list of images', () => {
  const client: Client = freshClient();
  let dataId = '';

  beforeAll(async () => {
    await client.rawImage({ name: 'a', foo: 'bar', tags: ['a', 'b'] });
    await client.image({ name: 'hidden', min_ram: 5, os_hidden: true });
    await client.image({ name: 'c', min_disk: 7, visibility: 'private', k: 'v:w' });
    for (const status of ['pending', 'accepted', 'rejected']) {
      const { id } = await client.image({ name: status }, 'alt-token');
      const members = `/v2/images/${id}/members`;
      await client.ask('POST', members, { token: 'alt-token', json: { member: demoProject } });
      await client.ask('PUT', `${members}/${demoProject}`, { json: { status } });
    }
    await client.image({ name: 'com', visibility: 'community' }, 'alt-token');
    await client.image({ name: 'pub', visibility: 'public' }, 'admin-token');
    await client.image({ name: 'alien', visibility: 'private' }, 'alt-token');
    dataId = (await client.rawImage({ name: 'data' })).id;
    await client.upload(dataId, 'abc');
  });

  it.each([
    ['', ['data', 'pub', 'accepted', 'c', 'a']],
    ['?visibility=all', ['data', 'pub', 'com', 'accepted', 'c', 'a']],
    ['?visibility=community', ['com']],
    ['?visibility=shared&member_status=all', ['data', 'rejected', 'accepted', 'pending', 'a']],
    ['?member_status=pending', ['data', 'pub', 'pending', 'c', 'a']],
    ['?os_hidden=true', ['hidden']],
    ['?protected=true', []],
    [`?owner=${altProject}`, ['accepted']],
    ['?tag=a&tag=b', ['a']],
    ['?tag=a&tag=c', []],
    ['?name=in:a,c', ['c', 'a']],
    ['?name=eq:c', ['c']],
    ['?name=in:%22a%22,%22c%22', ['c', 'a']],
    ['?k=v:w', ['c']],
    ['?foo=bar', ['a']],
    ['?foo=in:bar', []],
    ['?size_min=0', ['data']],
    ['?size_max=2', []],
    ['?size=3', ['data']],
    ['?min_disk_min=7', ['c']],
    ['?status=active', ['data']],
    ['?disk_format=raw&status=in:queued,saving', ['a']],
    ['?created_at=gt:2000-01-01T00:00:00Z&limit=1', ['data']],
    ['?updated_at=lt:2000-01-01', []],
    ['?sort=name:asc', ['a', 'accepted', 'c', 'data', 'pub']],
    ['?sort=size:desc,name:asc', ['data', 'a', 'accepted', 'c', 'pub']],
    ['?sort_key=name', ['pub', 'data', 'c', 'accepted', 'a']],
    ['?sort_key=status&sort_key=name&sort_dir=asc', ['data', 'a', 'accepted', 'c', 'pub']],
    [
      '?sort_key=status&sort_key=name&sort_dir=desc&sort_dir=asc',
      ['a', 'accepted', 'c', 'pub', 'data'],
    ],
    ['?sort_dir=asc', ['a', 'c', 'accepted', 'pub', 'data']],
    ['?limit=0', []],
    ['?name=a&name=c', ['c']],
    ['?__proto__=x', []],
  ])('%s', async (query, names) => {
    expect(await client.names(query)).toEqual(names);
  });

  it('shows an operator everything but the community of others', async () => {
    const names = await client.names('', 'admin-token');
    expect(names).toEqual(['data', 'alien', 'pub', 'rejected', 'accepted', 'pending', 'c', 'a']);
    expect(await client.names('?visibility=community', 'admin-token')).toEqual(['com']);
  });

  it.each([
    '?limit=2&visibility=all',
    '?limit=2&visibility=all&sort=name:asc',
    '?limit=2&visibility=all&sort=size:asc,name:desc',
  ])('is walked page by page with %s', async (query) => {
    const whole = await client.names(query.replace('limit=2', 'limit=100'));
    const seen: string[] = [];
    let target: string | undefined = `/v2/images${query}`;
    while (target !== undefined) {
      const { json } = await client.ask('GET', target);
      seen.push(...json.images.map((image) => String(image.name)));
      target = json.next;
    }
    expect(seen).toEqual(whole);
  });

  it('names its pages as Glance does', async () => {
    const { json } = await client.ask('GET', '/v2/images?limit=1&sort=name:asc&x=');
    expect(json.first).toBe('/v2/images?limit=1&sort=name%3Aasc&x=');
    const { json: page } = await client.ask('GET', '/v2/images?limit=1');
    expect(page.next).toBe(`/v2/images?limit=1&marker=${dataId}`);
  });

  it.each([
    ['?limit=x', 'limit param must be an integer'],
    ['?limit=-1', 'limit param must be positive'],
    ['?marker=x', 'No image found with ID x'],
    ['?sort=name&sort_key=name', 'Old and new sorting syntax cannot be combined'],
    ['?sort_dir=x', 'Invalid sort direction: x'],
    ['?sort=name:asc:x', 'Invalid sort direction: asc:x'],
    ['?visibility=x', 'Invalid visibility value: x'],
    ['?member_status=x', 'Invalid status: x'],
    ['?changes-since=1', 'The "changes-since" filter is no longer available on v2.'],
    ['?name=a:b', "Unable to filter by unknown operator 'a'."],
    ['?name=in:%22a,b', 'Invalid filter value "a,b. The quote is not closed.'],
    ['?size_min=x', 'Unable to filter on a range with a non-numeric value.'],
    ['?created_at=x', 'Bad "created_at" query filter format. Use ISO 8601 DateTime notation.'],
    [
      '?protected=TRUE',
      "Invalid value 'TRUE' for 'protected' filter. Valid values are 'true' or 'false'.",
    ],
  ])('refuses %s', async (query, sentence) => {
    const reply = await client.ask('GET', `/v2/images${query}`);
    expect([reply.status, sentenceOf(reply)]).toEqual([400, sentence]);
  });
});
