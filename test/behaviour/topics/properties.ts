import { describe, expect, it } from 'vitest';
import { glanceFields } from '../../../mappings/glance-image.ts';
import { type Client, hello, meta, nobody, props } from '../client.ts';

/** Names that mean something else to Glance; the last two are not base fields but its own. */
const namesOfGlance = [
  ...glanceFields.map((field) => field.name),
  'deleted',
  'deleted_at',
  'location',
  'os_glance_import_task',
  'os_glance_failed_import',
];

export function propertyNames(v1: Client): void {
  it.each(namesOfGlance)('%s is a name like any other', async (name) => {
    const image = await v1.reserve({ name: 'bearer', min_ram: 7, [`property-${name}`]: 'value' });
    expect(image).toMatchObject({ name: 'bearer', min_ram: 7, status: 'queued' });
    expect(image.owner).toBe(v1.target.projects.demo);
    expect(image.properties).toEqual({ [name]: 'value' });
    expect((await v1.head(image.id)).headers[`x-image-meta-property-${name}`]).toBe('value');
    const stored = await v1.v2Show(image.id);
    expect(stored[`polyglance_v1_${name}`]).toBe('value');
    const changed = await v1.put(image.id, props({ [name]: 'changed' }));
    expect(changed.json.image.properties).toEqual({ [name]: 'changed' });
    expect((await v1.put(image.id)).json.image.properties).toEqual({});
    expect(await v1.v2Show(image.id)).toMatchObject({ name: 'bearer', min_ram: 7 });
  });

  it('never change the owner, not even for an admin', async () => {
    const image = await v1.reserve({ 'property-owner': v1.target.projects.alt }, 'admin');
    expect(image.owner).toBe(v1.target.projects.admin);
    const headers = props({ owner: v1.target.projects.alt });
    expect((await v1.put(image.id, headers, { as: 'admin' })).json.image.owner).toBe(image.owner);
  });

  it.each(['is_public', 'members', 'properties', 'copy_from', 'constructor', '__proto__', 'a.b'])(
    '%s is kept as it is',
    async (name) => {
      const image = await v1.reserve({ [`property-${name}`]: 'value' });
      expect(Object.entries(image.properties)).toEqual([[name, 'value']]);
      expect(Object.entries(await v1.v2Show(image.id))).toContainEqual([name, 'value']);
    },
  );

  it('may look escaped already', async () => {
    const names = { polyglance_v1_name: 'a', name: 'b', polyglance_v1_polyglance_v1_name: 'c' };
    const { properties } = (await v1.post(props(names))).json.image;
    expect(properties).toEqual(names);
  });

  it('may be empty', async () => {
    const { id, properties } = (await v1.post({ 'x-image-meta-property-': 'v' })).json.image;
    expect(properties).toEqual({ '': 'v' });
    expect((await v1.head(id)).status).toBe(200);
  });

  it('of 255 characters are taken, longer ones refused', async () => {
    expect((await v1.post(props({ ['n'.repeat(255)]: 'v' }))).status).toBe(201);
    expect((await v1.post(props({ ['n'.repeat(256)]: 'v' }))).status).toBe(400);
  });

  it('in two spellings must agree', async () => {
    const both = (b: string) => v1.post(props({ 'os-type': 'linux', os_type: b }));
    expect((await both('linux')).json.image.properties).toEqual({ os_type: 'linux' });
    expect((await both('windows')).status).toBe(400);
  });

  it('of v2 with capitals are shown as they are in JSON, in lower case in headers', async () => {
    const { id } = await v1.v2Create({ OS_Type: 'linux' });
    expect((await v1.find(id))?.properties).toEqual({ OS_Type: 'linux' });
    expect((await v1.head(id)).headers['x-image-meta-property-os_type']).toBe('linux');
  });

  it('of v2 that are no header names stay out of headers, and in JSON', async () => {
    const odd = { 'with space': '1', 'a:b': '2', ümlaut: '3', 'tab\there': '4', '': '5' };
    const { id } = await v1.v2Create({ ...odd, plain: '6' });
    expect((await v1.find(id))?.properties).toEqual({ ...odd, plain: '6' });
    const { status, headers } = await v1.head(id);
    expect(status).toBe(200);
    const shown = Object.keys(headers).filter((name) => name.startsWith('x-image-meta-property'));
    expect(shown).toEqual(['x-image-meta-property-plain']);
  });

  it("that Glance keeps for itself are never shown, and can't be set", async () => {
    const { id } = await v1.v2Create({ disk_format: 'raw', container_format: 'bare', seen: 'x' });
    await v1.put(id, props({ os_glance_failed_import: 'mine', seen: 'x' }));
    expect(await v1.v2Show(id)).not.toHaveProperty('os_glance_failed_import');
  });

  // Glance reserves all that begins with os_glance; v1 took any name, so these are to be escaped too
  it.each(['os_glance', 'os_glances'])('%s is a name like any other to v1', async (name) => {
    expect((await v1.post(props({ [name]: 'v' }))).status).toBe(201);
  });
}

export function propertyValues(v1: Client): void {
  it('of kernel and ramdisk are UUIDs or empty', async () => {
    const image = await v1.reserve({ 'property-kernel_id': nobody, 'property-ramdisk_id': '' });
    expect(image.properties).toEqual({ kernel_id: nobody, ramdisk_id: null });
    expect((await v1.post(props({ kernel_id: 'vmlinuz' }))).status).toBe(400);
  });

  it('are taken raw: no unquoting, no trimming inside', async () => {
    const raw = { a: 'two%20words', b: 'a  b', c: '"quoted"', d: "it's; a=b, c", e: '%', f: '+' };
    expect((await v1.post(props(raw))).json.image.properties).toEqual(raw);
  });

  it('may be long', async () => {
    const value = 'v'.repeat(20_000);
    const { id } = (await v1.post(props({ long: value }))).json.image;
    expect((await v1.head(id)).headers['x-image-meta-property-long']).toBe(value);
  });

  it('of v2 with line breaks never make a header line', async () => {
    const value = 'a\r\nX-Evil: yes\u0000\u007fb\tc';
    const { id } = await v1.v2Create({ text: value, name: 'n\r\nX-Evil: yes' });
    expect(await v1.find(id)).toMatchObject({
      name: 'n\r\nX-Evil: yes',
      properties: { text: value },
    });
    const { status, headers } = await v1.head(id);
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('x-evil');
    expect(headers['x-image-meta-property-text']).toMatch(/^a {2}X-Evil: yes {2}b.c$/);
    expect(headers['x-image-meta-name']).toBe('n  X-Evil: yes');
  });

  describe('and names keep every character', () => {
    it.each(['Größe', '日本語', 'ȧ̈', '–“”…', 'Ελλάδα', '\u00a0', 'ÿ'])('%s', async (text) => {
      const value = `x${text}x`;
      const image = await v1.create(hello.text, { name: value, 'property-text': value });
      expect(image).toMatchObject({ name: value, properties: { text: value } });
      for (const reply of [await v1.head(image.id), await v1.get(`/v1/images/${image.id}`)]) {
        expect(reply.headers['x-image-meta-name']).toBe(value);
        expect(reply.headers['x-image-meta-property-text']).toBe(value);
      }
      expect(await v1.names(`name=${encodeURIComponent(value)}`)).toEqual([value]);
      const byProperty = await v1.names(`property-text=${encodeURIComponent(value)}`);
      expect(byProperty).toEqual([value]);
      expect((await v1.v2Show(image.id))['name']).toBe(value);
    });
  });

  it('of four bytes in UTF-8 are refused, as Glance refuses them', async () => {
    expect((await v1.post(meta({ name: 'a😀' }))).status).toBe(400);
    expect((await v1.post(props({ text: '😀' }))).status).toBe(400);
  });

  it('in answers are JSON with every character', async () => {
    const { text } = await v1.post(meta({ name: '日本語 "quoted" \\ back' }));
    expect(JSON.parse(text).image.name).toBe('日本語 "quoted" \\ back');
  });
}

export function quotas(v1: Client): void {
  const many = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, String(i)]));

  it('allow 128 properties, with long values', async () => {
    const properties = Object.fromEntries(
      Object.entries(many(128)).map(([name, value]) => [name, value.padEnd(255, 'x')]),
    );
    const reply = await v1.post(props(properties));
    expect(reply.status).toBe(201);
    expect(reply.json.image.properties).toEqual(properties);
    const head = await v1.head(reply.json.image.id);
    const shown = Object.keys(head.headers).filter((name) => /meta-property-p\d/.test(name));
    expect(shown).toHaveLength(128);
  });

  it('answer 413 to more, when an image is made and when it is changed', async () => {
    expect((await v1.post(props(many(129)))).status).toBe(413);
    const { id } = (await v1.post(props(many(128)))).json.image;
    const headers = { 'x-glance-registry-purge-props': 'false', ...props({ another: 'x' }) };
    expect((await v1.put(id, headers)).status).toBe(413);
    expect((await v1.put(id, props(many(129)))).status).toBe(413);
    expect((await v1.put(id, props({ another: 'x' }))).status).toBe(200);
  });

  it('answer 413 to more than 128 members', async () => {
    const { id } = await v1.reserve();
    const list = (count: number) => ({
      memberships: Array.from({ length: count }, (_, i) => ({ member_id: `m${i}` })),
    });
    const replace = (count: number) =>
      v1.ask('PUT', `/v1/images/${id}/members`, { json: list(count) });
    expect((await replace(128)).status).toBe(204);
    expect((await replace(129)).status).toBe(413);
    expect((await v1.ask('PUT', `/v1/images/${id}/members/another`)).status).toBe(413);
  });
}
