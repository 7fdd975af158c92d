import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { properties } from '../../mappings/starlingx.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const patchType = 'application/openstack-images-v2.1-json-patch';

async function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(gateway.url + path, {
    method,
    headers: { 'x-auth-token': 'demo-token', accept: 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, text: await answer.text() };
}

const json = { 'content-type': 'application/json' };

/** A plain image for a door that changes one. */
async function newImage(): Promise<string> {
  const { text } = await ask('POST', '/v2/images', json, '{"name":"door","keep":"1"}');
  return (JSON.parse(text) as { id: string }).id;
}

interface Door {
  readonly name: string;
  /** Writes the value; answers the status, the text and the image's id where one is known. */
  readonly write: (
    property: string,
    value: string,
  ) => Promise<{ status: number; text: string; id: string | undefined }>;
  /** How the door says 400. */
  readonly refusal: (sentence: string) => unknown;
  /** HTTP takes blanks around header values away. */
  readonly trims?: true;
}

const webob = (sentence: string) => ({
  message: `${sentence}<br /><br />\n\n\n`,
  code: '400 Bad Request',
  title: 'Bad Request',
});
const nova = (message: string) => ({ badRequest: { code: 400, message } });

const patching = (method: 'PATCH' | 'PUT'): Door => ({
  name: `Glance v2 ${method}`,
  write: async (property, value) => {
    const id = await newImage();
    const patch = JSON.stringify([{ op: 'add', path: `/${property}`, value }]);
    return { ...(await ask(method, `/v2/images/${id}`, { 'content-type': patchType }, patch)), id };
  },
  refusal: webob,
});

const novaDoor = (method: 'POST' | 'PUT'): Door => ({
  name: `Nova ${method} of the set`,
  write: async (property, value) => {
    const id = await newImage();
    const body = JSON.stringify({ metadata: { [property]: value } });
    return { ...(await ask(method, `/v2.1/images/${id}/metadata`, json, body)), id };
  },
  refusal: nova,
});

const doors: readonly Door[] = [
  {
    name: 'Glance v2 POST',
    write: async (property, value) => {
      const answer = await ask('POST', '/v2/images', json, JSON.stringify({ [property]: value }));
      return { ...answer, id: (JSON.parse(answer.text) as { id?: string }).id };
    },
    refusal: webob,
  },
  patching('PATCH'),
  patching('PUT'),
  {
    name: 'Glance v1 POST',
    write: async (property, value) => {
      const answer = await ask('POST', '/v1/images', {
        [`x-image-meta-property-${property}`]: value,
      });
      return { ...answer, id: (JSON.parse(answer.text) as { image?: { id: string } }).image?.id };
    },
    refusal: webob,
    trims: true,
  },
  {
    name: 'Glance v1 PUT',
    write: async (property, value) => {
      const id = await newImage();
      const headers = { [`x-image-meta-property-${property}`]: value };
      return { ...(await ask('PUT', `/v1/images/${id}`, headers)), id };
    },
    refusal: webob,
    trims: true,
  },
  novaDoor('POST'),
  novaDoor('PUT'),
  {
    name: 'Nova PUT of an item',
    write: async (property, value) => {
      const id = await newImage();
      const body = JSON.stringify({ meta: { [property]: value } });
      return { ...(await ask('PUT', `/v2.1/images/${id}/metadata/${property}`, json, body)), id };
    },
    refusal: nova,
  },
];

const cases = properties
  .filter((row) => row.checked === 'always')
  .flatMap((row) =>
    row.examples.map(([value, taken, stored]) => ({ row, value, taken, stored: stored ?? value })),
  );

describe.each(doors)('$name', (door) => {
  it.each(cases)('$row.property=$value is taken: $taken', async ({ row, value, taken, stored }) => {
    if (door.trims && value !== value.trim()) return;
    const { status, text, id } = await door.write(row.property, value);
    if (!taken) {
      const shown = /^\s*[+-]?\d+\s*$/.test(value) ? String(BigInt(value.trim())) : value;
      expect(status).toBe(400);
      expect(JSON.parse(text)).toEqual(door.refusal(`${row.error} ${shown}`));
      if (id !== undefined) {
        const after = JSON.parse((await ask('GET', `/v2/images/${id}`)).text);
        expect(after).not.toHaveProperty(row.property);
        expect(after).toHaveProperty('keep', '1');
      }
      return;
    }
    expect(status).toBeLessThan(300);
    const after = JSON.parse((await ask('GET', `/v2/images/${id}`)).text);
    expect(after).toHaveProperty(row.property, stored);
  });
});

describe('the check', () => {
  it('comes before the image is looked for', async () => {
    const missing = '00000000-0000-4000-8000-000000000000';
    const patch = '[{"op":"add","path":"/sw_wrs_auto_recovery","value":"yes"}]';
    const refused = await ask(
      'PATCH',
      `/v2/images/${missing}`,
      { 'content-type': patchType },
      patch,
    );
    expect(refused.status).toBe(400);
  });

  it('tells the first of several in the order downtime, timeout, recovery', async () => {
    const body = JSON.stringify({
      sw_wrs_auto_recovery: 'yes',
      hw_wrs_live_migration_timeout: '1',
      hw_wrs_live_migration_max_downtime: '1',
    });
    const { text } = await ask('POST', '/v2/images', json, body);
    expect(text).toContain('hw_wrs_live_migration_max_downtime must be');
  });

  it('takes the last of two steps on one property', async () => {
    const id = await newImage();
    const step = (value: string) => ({ op: 'add', path: '/hw_wrs_live_migration_timeout', value });
    const patch = JSON.stringify([step('1'), step('300')]);
    const { status } = await ask('PATCH', `/v2/images/${id}`, { 'content-type': patchType }, patch);
    expect(status).toBe(200);
  });

  it('leaves similar names alone', async () => {
    const body = '{"hw_wrs_other":"-1","SW_WRS_AUTO_RECOVERY":"yes"}';
    expect((await ask('POST', '/v2/images', json, body)).status).toBe(201);
  });

  it('leaves what is no text, and what is no JSON, to Glance', async () => {
    const number = await ask('POST', '/v2/images', json, '{"hw_wrs_live_migration_timeout":400}');
    expect(number.status).toBe(400);
    expect(number.text).toContain('schema');
    expect((await ask('POST', '/v2/images', json, '{"name":')).status).toBe(400);
  });

  it('lets another PUT go to Glance, which refuses it', async () => {
    const id = await newImage();
    expect((await ask('PUT', `/v2/images/${id}`, json, '{"name":"x"}')).status).toBe(405);
  });

  it('refuses a document over its size before parsing', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(1024 * 1024) });
    expect((await ask('POST', '/v2/images', json, body)).status).toBe(413);
  });
});
