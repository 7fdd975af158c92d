import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder, Program, run, serve, stop, until } from './program.ts';

const headers = { 'x-auth-token': 'demo-token', 'content-type': 'application/json' };
const admin = { POLYGLANCE_TOKEN: 'admin-token' };

export function building(): void {
  it('builds what is ordered, and leaves nothing behind when it is stopped', async () => {
    const gateway = await serve();
    const folder = await freshFolder();
    // of a builder that was killed
    await mkdir(join(folder, 'worker-999999999'));
    await mkdir(join(folder, 'kept'));
    const image = { name: 'b', imageSpec: { osName: 'Debian', installScript: 'very-secret' } };
    const ordered = await fetch(`${gateway.url}/v2.1/images`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ image }),
    });
    const url = ordered.headers.get('location') ?? '';
    const settings = `--builder-backends blank --builder-poll 50 --builder-folder ${folder}`;
    const args = ['builder', '--glance-url', gateway.url, ...settings.split(' ')];
    const worker = new Program(args, admin);
    await until(() => worker.log().some(({ event }) => event === 'done'), 'the build');
    const { image: built } = (await (await fetch(url, { headers })).json()) as { image: unknown };
    expect(built).toMatchObject({ status: 'ACTIVE', progress: 100 });
    expect(await stop(worker)).toBe(0);
    expect(worker.stderr).toBe('');
    expect(worker.log().map(({ event }) => event)).toEqual([
      'started',
      'building',
      'done',
      'stopped',
    ]);
    expect(worker.stdout).not.toMatch(/very-secret|admin-token/);
    expect(await readdir(folder)).toEqual(['kept']);
    await stop(gateway);
  });

  it('--check says of every back end whether it can work, and which would be used', async () => {
    const { code, stdout, stderr } = await run([
      'builder',
      '--check',
      '--builder-backends=blank',
      '--builder-accelerator=tcg',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^blank: ready\n {2}\S/m);
    for (const name of ['installer', 'nova', 'external']) {
      expect(stdout).toMatch(new RegExp(`^${name}: (?:not )?ready\n {2}\\S`, 'm'));
    }
    expect(stdout).toMatch(/^would build with: blank$/m);
  });

  it('--check says that a Debian image needs a larger disk than is allowed', async () => {
    const { stdout } = await run(['builder', '--check', '--builder-disk=2']);
    expect(stdout).toMatch(/^debian-rootfs: not ready\n {2}needs --builder-disk 3 or more$/m);
  });

  it.each([
    ['without an Image service', '', admin, /--glance-url/],
    ['without a token', '--glance-url http://127.0.0.1:9', {}, /POLYGLANCE_TOKEN/],
    [
      'with a user and no Identity service',
      '--glance-url http://127.0.0.1:9 --builder-user b',
      {},
      /--keystone-url/,
    ],
    [
      'with a back end that there is not',
      '--glance-url http://127.0.0.1:9 --builder-backends magic',
      admin,
      /no back end magic; there are .*blank/,
    ],
    [
      'with an installer of a system that it does not know',
      '--glance-url http://127.0.0.1:9 --builder-backends installer --builder-installers plan9=/srv',
      admin,
      /--builder-installers: no installer of plan9 is known/,
    ],
  ])('%s ends with 2 and one clear line', async (_, flags, environment, words) => {
    const folder = join(await freshFolder(), 'builds');
    const args = ['builder', '--builder-folder', folder, ...flags.split(' ').filter(Boolean)];
    const { code, stdout, stderr } = await run(args, { ...environment });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^builder: [^\n]+\n$/);
    expect(stderr).toMatch(words);
    await expect(access(folder)).rejects.toThrow();
  });

  describe('its password', () => {
    it('is not shown by check', async () => {
      const { stdout } = await run(['check'], { POLYGLANCE_BUILDER_PASSWORD: 'very-secret' });
      expect(JSON.parse(stdout)['builderPassword']).toBe('***');
      expect(stdout).not.toContain('very-secret');
    });
  });
}
