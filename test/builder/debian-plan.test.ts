import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  archiveOf,
  bootstrapArguments,
} from '../../src/builder/backends/debian-rootfs/bootstrap.ts';
import { createDebianRootfs } from '../../src/builder/backends/debian-rootfs/index.ts';
import { planBuild } from '../../src/builder/backends/debian-rootfs/plan.ts';
import { openRoute, type Route } from '../../src/builder/backends/debian-rootfs/route.ts';
import { sourceFilter } from '../../src/builder/sources.ts';
import type { ImageSpec } from '../../src/core/image-spec.ts';
import { publicLookup } from '../../src/platform/node/public-lookup.ts';
import { changingLookup, fetchThrough } from './through-proxy.ts';

const plan = (spec: Partial<ImageSpec>) => planBuild({ osName: 'Debian', ...spec });

const bench = { cwd: '/nonexistent', signal: new AbortController().signal };
const archives = {
  mirror: 'http://mirror.example/debian',
  security: 'http://mirror.example/security',
  sources: { filter: sourceFilter(['http://good.example/']), publicLookup },
};

const proxySetting = (scheme: string): RegExp =>
  new RegExp(`^--aptopt=Acquire::${scheme}::Proxy "http://127\\.0\\.0\\.1:\\d+"$`);

describe('an order of Debian', () => {
  it.each([
    ['12', 'bookworm'],
    ['12.11', 'bookworm'],
    ['bookworm', 'bookworm'],
    ['Trixie', 'trixie'],
    ['13', 'trixie'],
  ])('of version %s is the release %s', (osVersion, suite) => {
    expect(plan({ osVersion }).suite).toBe(suite);
  });

  it('without a version leaves the choice to the mirror', () => {
    expect(plan({}).suite).toBeUndefined();
  });

  it.each(['debian', 'DEBIAN', ' Debian '])('may spell it %j', (osName) => {
    expect(plan({ osName, osVersion: '12' }).suite).toBe('bookworm');
  });

  it.each([undefined, 'amd64', 'x86_64', 'AMD64'])('for %s is for amd64', (osArch) => {
    expect(() => plan(osArch === undefined ? {} : { osArch })).not.toThrow();
  });

  it.each<[string, Partial<ImageSpec>, RegExp]>([
    ['another system', { osName: 'Fedora' }, /Debian only/],
    ['a version that is not known', { osVersion: '7' }, /12 \(bookworm\), 13 \(trixie\)/],
    ['a version that is none', { osVersion: '12; reboot' }, /these versions/],
    ['another architecture', { osArch: 'arm64' }, /amd64 only/],
    ['a name that every object has', { osArch: 'constructor' }, /amd64 only/],
    ['a source that is not known', { installSource: { iso: 'http://x/' } }, /not 'iso'/],
    ['a suite that is no name', { installSource: { suite: '../x' } }, /not a name/],
    ['two mirrors', { installSource: { url: 'http://a/', mirror: 'http://b/' } }, /two mirrors/],
    ['two releases', { osVersion: '12', installSource: { suite: 'trixie' } }, /disagree/],
    ['a kickstart file', { installScript: 'lang en_US\nrootpw secret\n%packages\n' }, /kickstart/],
    ['an answer file', { installScript: '<?xml version="1.0"?><unattend/>' }, /Windows/],
    ['a text that is neither', { installScript: 'echo hello' }, /neither/],
  ])('is declined for %s', (_what, spec, reason) => {
    const backend = createDebianRootfs({
      ...archives,
      accelerator: async () => 'tcg',
      memory: 1024,
      network: false,
    });
    expect(backend.declines({ osName: 'Debian', osVersion: '12', ...spec })).toMatch(reason);
    expect(backend.declines({ osName: 'Debian', osVersion: '12' })).toBeUndefined();
  });
});

describe('its packages', () => {
  const routed = async <T>(
    spec: Partial<ImageSpec>,
    use: (given: string[], route: Route) => T | Promise<T>,
    options: Partial<typeof archives> = {},
  ): Promise<T> => {
    const planned = plan(spec);
    const all = { ...archives, ...options };
    const route = await openRoute(planned, all, () => undefined);
    try {
      const archive = await archiveOf(planned, route, all, bench);
      return await use(bootstrapArguments(planned, archive, route), route);
    } finally {
      await route.close();
    }
  };
  const argumentsOf = (spec: Partial<ImageSpec>) => routed(spec, (given) => given);

  it('come from the configured mirror, with security updates', async () => {
    const given = await argumentsOf({ osVersion: '12' });
    expect(given.slice(-4)).toEqual([
      'bookworm',
      'tree',
      'deb http://mirror.example/debian bookworm main',
      'deb http://mirror.example/security bookworm-security main',
    ]);
    expect(given.join()).not.toMatch(/AllowRedirect|Proxy/);
  });

  it('come from the mirror asked for, which must not redirect, through a proxy', async () => {
    const installSource = { url: 'http://good.example/debian/' };
    const given = await argumentsOf({ osVersion: '12', installSource });
    expect(given).toContain('deb http://good.example/debian/ bookworm main');
    expect(given).toContain('--aptopt=Acquire::http::AllowRedirect "false"');
    expect(given).toContain('--aptopt=Acquire::EnableSrvRecords "false"');
    expect(given).toContainEqual(expect.stringMatching(proxySetting('http')));
    expect(given).toContainEqual(expect.stringMatching(proxySetting('https')));
  });

  it('come from nowhere else', async () => {
    const installSource = { mirror: 'http://bad.example/debian' };
    await expect(argumentsOf({ osVersion: '12', installSource })).rejects.toThrow(
      'installSource cannot be used',
    );
    const secret = { mirror: 'http://good.example/debian/?token=secret' };
    await expect(argumentsOf({ osVersion: '12', installSource: secret })).rejects.toThrow(
      'neither a query nor a fragment',
    );
  });

  it('have no security updates where there are none', async () => {
    const given = await argumentsOf({ installSource: { suite: 'sid' } });
    expect(given.at(-1)).toBe('deb http://mirror.example/debian sid main');
  });

  it('are not looked for where the name of the mirror leads after it was judged', async () => {
    const { lookup, left } = changingLookup('93.184.215.14', '127.0.0.1', 'unasked');
    const spec = { osVersion: '12', installSource: { url: 'http://rebinding.example/debian' } };
    const sources = { filter: sourceFilter([]), publicLookup: lookup };
    await routed(
      spec,
      async (_given, { settings }) => {
        const proxy = /http::Proxy=(.*)/.exec(settings.join('\n'))?.[1] ?? '';
        const release = 'http://rebinding.example/debian/dists/bookworm/InRelease';
        expect(await fetchThrough(proxy, release)).toMatchObject({ status: 502 });
        const other = 'http://other.example/debian/dists/bookworm/InRelease';
        expect(await fetchThrough(proxy, other)).toMatchObject({ status: 403 });
      },
      { sources },
    );
    expect(left).toEqual(['unasked']);
  });

  it('come with updates from the configured host, wherever that is', async () => {
    const updates = createServer((_request, response) => response.end('updates'));
    await new Promise<void>((resolve) => updates.listen(0, '127.0.0.1', resolve));
    const security = `http://127.0.0.1:${(updates.address() as AddressInfo).port}/security`;
    const spec = { osVersion: '12', installSource: { url: 'http://good.example/debian' } };
    await routed(
      spec,
      async (given, { settings }) => {
        expect(given).toContain(`deb ${security} bookworm-security main`);
        const proxy = /http::Proxy=(.*)/.exec(settings.join('\n'))?.[1] ?? '';
        const fetched = await fetchThrough(proxy, `${security}/dists/x`);
        expect(fetched).toEqual({ status: 200, said: 'updates' });
      },
      { security },
    );
    updates.close();
  });
});
