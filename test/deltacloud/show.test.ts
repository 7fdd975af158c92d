import { describe, expect, it } from 'vitest';
import {
  architectures,
  errorClasses,
  fields,
  statuses,
  unknownStatus,
} from '../../mappings/deltacloud.ts';
import { viewOf } from '../../src/dialects/deltacloud/view.ts';
import { imageOf } from '../mappings/images.ts';
import { nobody, useDeltacloud } from './setting.ts';
import { child, parseXml } from './xml.ts';

const cloud = useDeltacloud();
const xml = { accept: 'application/xml' } as const;
const show = (attributes: Record<string, unknown>) =>
  viewOf(imageOf(attributes), 'http://base', 'me');

describe('an image', () => {
  it('in XML has the elements of the table, in its order', async () => {
    const id = await cloud.make({ name: 'whole' });
    const { status, text } = await cloud.ask(`GET /api/images/${id}`, xml);
    expect(status).toBe(200);
    const image = parseXml(text);
    expect(image.attributes).toEqual({ href: `${cloud.url}/api/images/${id}`, id });
    const told = fields.flatMap(({ legacy }) => (legacy === null || legacy === 'id' ? [] : legacy));
    expect(image.children.map(({ name }) => name)).toEqual([...told, 'actions']);
    const texts = Object.fromEntries(image.children.map((each) => [each.name, each.text]));
    expect(texts).toMatchObject({
      name: 'whole',
      description: 'whole',
      owner_id: 'demo',
      architecture: 'x86_64',
      state: 'SAVING',
      hardware_profiles: '',
      root_type: 'transient',
    });
    expect(Date.parse(texts['creation_time'] ?? '')).toBeGreaterThan(Date.now() - 60_000);
    const links = child(image, 'actions').children.map(({ name, attributes }) => [
      name,
      attributes,
    ]);
    const own = `${cloud.url}/api`;
    expect(links).toEqual([
      ['link', { href: `${own}/instances;image_id=${id}`, method: 'post', rel: 'create_instance' }],
      ['link', { href: `${own}/images/${id}`, method: 'delete', rel: 'destroy_image' }],
    ]);
  });

  it('without a name is empty in XML and null in JSON', async () => {
    const id = await cloud.make();
    const { text } = await cloud.ask(`GET /api/images/${id}`, xml);
    expect(text).toContain('<name></name>\n  <description></description>');
    const { json } = await cloud.ask(`GET /api/images/${id}`);
    expect([json.image.name, json.image.description]).toEqual([null, null]);
    const html = await cloud.ask(`GET /api/images/${id}?format=html`);
    expect(html.text).toContain(`>${id}</a>`);
  });

  it('never shows a property called as an element is', async () => {
    const id = await cloud.make({ name: 'n', description: 'd', state: 's', owner_id: 'o' });
    const { json } = await cloud.ask(`GET /api/images/${id}`);
    expect(json.image).toMatchObject({ description: 'n', state: 'SAVING', owner: 'demo' });
  });

  it('that is public, or shared with the caller, is shown as his own', async () => {
    const id = await cloud.make({ name: 'public', visibility: 'community' });
    const login = 'alt+alt_demo:secret';
    const { json } = await cloud.ask(`GET /api/images/${id}`, { login });
    expect([json.image.id, json.image.owner]).toEqual([id, 'alt']);
  });

  it('of somebody else is not found', async () => {
    const id = await cloud.make();
    const login = 'alt+alt_demo:secret';
    expect((await cloud.ask(`GET /api/images/${id}`, { login })).status).toBe(404);
  });

  it.each([nobody, 'nope', 'new', '%20', '%F0%9F%98%80', 'x'.repeat(10_000), 'a&b', "a'b"])(
    'of id %s is not found, in a document',
    async (id) => {
      const got = await cloud.ask(`GET /api/images/${id}`);
      expect([got.status, got.json.code]).toEqual([404, 404]);
    },
  );

  it.each(['%2e%2e', '..', '..%2f..%2fv2%2ftasks', 'a%2Fb', 'a%00', 'a%5cb', '%c0%af', '%zz'])(
    'of id %s is not found',
    async (id) => {
      const got = await cloud.raw(`GET /api/images/${id}`, [
        'Authorization: Basic ZGVtbytkZW1vOnNlY3JldA==',
      ]);
      expect([400, 404]).toContain(got.status);
    },
  );
});

describe('the table of states', () => {
  it.each(statuses)('shows $v2 as $legacy', ({ v2, legacy }) => {
    expect(show({ status: v2 }).state).toBe(legacy);
  });

  it.each(['ACTIVE', 'brand-new', 'constructor', '__proto__'])('has no row for %j', (v2) => {
    expect(show({ status: v2 }).state).toBe(unknownStatus);
  });

  it('holds for an image that gets data and is deactivated', async () => {
    const id = await cloud.make();
    const state = async () => (await cloud.ask(`GET /api/images/${id}`)).json.image.state;
    expect(await state()).toBe('SAVING');
    await cloud.glance(`PUT /v2/images/${id}/file`, 'data', 'application/octet-stream');
    expect(await state()).toBe('ACTIVE');
    const headers = { 'x-auth-token': 'admin-token' };
    await cloud.ask(`POST /v2/images/${id}/actions/deactivate`, { login: null, headers });
    expect(await state()).toBe('UNKNOWN');
  });
});

describe('the table of architectures', () => {
  const narrow = architectures.i386.flatMap((each) => [each, each.toUpperCase()]);
  it.each(narrow)('shows %s as i386', (architecture) => {
    expect(show({ architecture }).architecture).toBe('i386');
  });

  it.each(['x86_64', 'amd64', 'aarch64', 'ppc64le', '', 'i38', 'i3866', ' i386', 'x86'])(
    'shows %j as x86_64',
    (architecture) => {
      expect(show({ architecture }).architecture).toBe('x86_64');
    },
  );

  it('shows an image that says nothing as x86_64', () => {
    expect(show({}).architecture).toBe('x86_64');
  });
});

it('tells nothing of an image that the table keeps back', () => {
  const canaries = { text: 'CANARY', number: 987_654_321 };
  const texts = ['checksum', 'os_hash_algo', 'os_hash_value', 'owner', 'direct_url', 'stores'];
  const numbers = ['size', 'virtual_size', 'min_ram', 'min_disk'];
  const kept: readonly string[] = fields.flatMap(({ legacy, v2 }) =>
    legacy === null && v2 !== null ? [v2] : [],
  );
  expect(kept).toEqual(expect.arrayContaining([...texts, ...numbers, 'tags']));
  const view = show({
    ...Object.fromEntries(texts.map((name) => [name, canaries.text])),
    ...Object.fromEntries(numbers.map((name) => [name, canaries.number])),
    tags: [canaries.text],
    locations: [{ url: canaries.text, metadata: {} }],
    a_property: canaries.text,
  });
  expect(JSON.stringify(view)).not.toMatch(/CANARY|987654321/);
});

it('has a class for every status that the original had', () => {
  expect(Object.fromEntries(errorClasses.map((row) => [row.status, row.name]))).toMatchObject({
    400: 'ValidationFailure',
    401: 'AuthenticationFailure',
    403: 'ForbiddenError',
    404: 'ObjectNotFound',
    409: 'Conflict',
    501: 'NotImplemented',
    502: 'ProviderError',
    504: 'ProviderTimeout',
  });
});
