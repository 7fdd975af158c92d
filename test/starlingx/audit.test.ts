import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  // the rules are off, as they were when the images were made
  gateway = await startTestGateway({ starlingx: 'off' });
});
afterAll(() => gateway.stop());

const create = (properties: Record<string, unknown>) =>
  fetch(`${gateway.url}/v2/images`, {
    method: 'POST',
    headers: { 'x-auth-token': 'demo-token', 'content-type': 'application/json' },
    body: JSON.stringify(properties),
  });

function audit(...flags: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const args = [
      '--import',
      'tsx',
      'src/entry/node/main.ts',
      'audit',
      '--glance-url',
      gateway.url,
    ];
    const env = { ...process.env, POLYGLANCE_TOKEN: 'admin-token' };
    execFile(process.execPath, [...args, ...flags], { env }, (error, out) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out });
    });
  });
}

describe('audit', () => {
  it('finds nothing among sound images', async () => {
    await create({ name: 'sound', sw_wrs_auto_recovery: 'true' });
    expect(await audit('--json')).toEqual({ code: 0, out: '[]\n' });
  });

  it('lists every stored value that would be refused, of hidden images too', async () => {
    await create({ name: 'bad', hw_wrs_live_migration_timeout: '50', sw_wrs_auto_recovery: 'yes' });
    await create({ name: 'hidden', os_hidden: true, hw_wrs_live_migration_max_downtime: '1' });
    const { code, out } = await audit('--json');
    const found = (JSON.parse(out) as { name: string; property: string; value: string }[]).map(
      ({ name, property, value }) => [name, property, value],
    );
    expect(code).toBe(1);
    expect(found).toEqual([
      ['bad', 'hw_wrs_live_migration_timeout', '50'],
      ['bad', 'sw_wrs_auto_recovery', 'yes'],
      ['hidden', 'hw_wrs_live_migration_max_downtime', '1'],
    ]);
    const table = await audit();
    expect(table.out).toMatch(/^image +name +project +property +value\n/);
  });
});
