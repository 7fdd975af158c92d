import { describe, expect, it } from 'vitest';
import { freshClient, sentenceOf } from './client.ts';

const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });
const add = (path: string, value: unknown) => ({ op: 'add', path, value });
const remove = (path: string) => ({ op: 'remove', path });

describe('patching an image', () => {
  it('makes all changes or none', async () => {
    const client = freshClient();
    const { id } = await client.image({ name: 'a', x: '1' });
    const good = [replace('/name', 'b'), add('/y', '2'), remove('/x'), replace('/tags', ['t'])];
    const reply = await client.patch(id, good);
    expect(reply.json).toMatchObject({ name: 'b', y: '2', tags: ['t'] });
    expect(reply.json).not.toHaveProperty('x');
    expect((await client.patch(id, [replace('/name', 'c'), remove('/x')])).status).toBe(409);
    expect(await client.show(id)).toMatchObject({ name: 'b', y: '2' });
  });

  it('decodes pointers', async () => {
    const client = freshClient();
    const { id } = await client.image();
    const reply = await client.patch(id, [
      add('/a~1b~0c', 'x'),
      add('/__proto__', 'y'),
      add('/', 'z'),
    ]);
    expect(Object.entries(reply.json).slice(0, 3)).toEqual([
      ['a/b~c', 'x'],
      ['__proto__', 'y'],
      ['', 'z'],
    ]);
  });

  it('takes the older form', async () => {
    const client = freshClient();
    const { id } = await client.image({ x: '1' });
    const headers = { 'content-type': 'application/openstack-images-v2.0-json-patch' };
    const older = (change: unknown) => client.patch(id, [change], { headers });
    expect((await older({ replace: '/x', value: '2' })).json['x']).toBe('2');
    expect((await older({ add: '/x', value: '3' })).status).toBe(409);
    expect((await older({ value: '3' })).status).toBe(400);
    expect((await older({ add: '/y', remove: '/y' })).status).toBe(400);
  });

  it('lets formats change only while there is no data', async () => {
    const client = freshClient();
    const { id } = await client.rawImage();
    expect((await client.patch(id, [replace('/disk_format', 'qcow2')])).status).toBe(200);
    await client.upload(id, 'x');
    const reply = await client.patch(id, [replace('/disk_format', 'raw')]);
    expect([reply.status, sentenceOf(reply)]).toEqual([
      403,
      'Attribute disk_format can be only replaced for a queued image.',
    ]);
  });

  it('loses no change of simultaneous requests', async () => {
    const client = freshClient();
    const { id } = await client.image();
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => client.patch(id, [add(`/${name}`, 'x')])));
    expect(Object.keys(await client.show(id)).filter((name) => names.includes(name))).toHaveLength(
      20,
    );
  });

  it.each([
    [{}, 400, 'Request body must be a JSON array of operation objects.'],
    [[5], 400, 'Operations must be JSON objects.'],
    [[{ path: '/x' }], 400, 'Unable to find `op` in JSON Schema change.'],
    [[{ op: 'test', path: '/x' }], 400, 'Invalid operation: `test`.'],
    [[{ op: 'add', value: 'x' }], 400, "Unable to find 'path' in JSON Schema change"],
    [[{ op: 'add', path: '/x' }], 400, 'Operation "add" requires a member named "value".'],
    [[add('x', 'y')], 400, 'Pointer `x` does not start with "/".'],
    [[add('/a//b', 'y')], 400, 'contains adjacent "/".'],
    [[add('/a/', 'y')], 400, 'end with "/".'],
    [[add('/a~2', 'y')], 400, 'not part of a recognized escape sequence.'],
    [[add('/a/b', 'y')], 400, "Invalid JSON pointer for this resource: '/a/b'"],
    [[add('/x', 5)], 400, "5 is not of type 'string'"],
    [[replace('/nope', 'x')], 409, 'Property nope does not exist.'],
    [[remove('/nope')], 409, 'Property nope does not exist.'],
    [[remove('/name')], 403, 'Property name may not be removed.'],
    [[replace('/status', 'active')], 403, "Attribute 'status' is read-only."],
    [[remove('/os_glance_x')], 403, "Attribute 'os_glance_x' is reserved."],
    [
      [replace('/visibility', 'public')],
      403,
      'You are not authorized to complete publicize_image action.',
    ],
    [[add('/locations/-', { url: 'x', metadata: {} })], 403, "It's not allowed to add locations"],
    [[replace('/locations', [])], 403, 'Cannot set locations to empty list.'],
    [[replace('/owner', 'x')], 403, "Owner can't be updated by non admin."],
    [[add('/owner', 'x')], 403, 'not visible'],
  ])('refuses %j with %i', async (changes, status, sentence) => {
    const client = freshClient();
    const { id } = await client.image();
    const before = await client.show(id);
    const reply = await client.patch(id, changes);
    expect(reply.status).toBe(status);
    expect(reply.text).toContain(sentence);
    expect(await client.show(id)).toEqual(before);
  });

  it('takes no other media type', async () => {
    const client = freshClient();
    const { id } = await client.image();
    const headers = { 'content-type': 'application/json' };
    const reply = await client.patch(id, [], { headers });
    expect(reply.status).toBe(415);
    expect(reply.headers['accept-patch']).toContain('application/openstack-images-v2.1-json-patch');
  });
});
