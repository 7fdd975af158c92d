import { describe, expect, it } from 'vitest';
import {
  archiveOf,
  bootstrapArguments,
} from '../../src/builder/backends/debian-rootfs/bootstrap.ts';
import { createDebianRootfs } from '../../src/builder/backends/debian-rootfs/index.ts';
import { planBuild } from '../../src/builder/backends/debian-rootfs/plan.ts';
import { sourceFilter } from '../../src/builder/sources.ts';
import type { ImageSpec } from '../../src/core/image-spec.ts';
import { publicLookup } from '../../src/platform/node/public-lookup.ts';

const plan = (spec: Partial<ImageSpec>) => planBuild({ osName: 'Debian', ...spec });

const bench = { cwd: '/nonexistent', signal: new AbortController().signal };
const archives = {
  mirror: 'http://mirror.example/debian',
  security: 'http://mirror.example/security',
  sources: { filter: sourceFilter(['http://good.example/']), publicLookup },
};

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
    });
    expect(backend.declines({ osName: 'Debian', osVersion: '12', ...spec })).toMatch(reason);
    expect(backend.declines({ osName: 'Debian', osVersion: '12' })).toBeUndefined();
  });
});

describe('its packages', () => {
  const argumentsOf = async (spec: Partial<ImageSpec>): Promise<string[]> => {
    const planned = plan({ osVersion: '12', ...spec });
    return bootstrapArguments(planned, await archiveOf(planned, archives, bench));
  };

  it('come from the configured mirror, with security updates', async () => {
    const given = await argumentsOf({});
    expect(given.slice(-4)).toEqual([
      'bookworm',
      'tree',
      'deb http://mirror.example/debian bookworm main',
      'deb http://mirror.example/security bookworm-security main',
    ]);
    expect(given.join()).not.toContain('AllowRedirect');
  });

  it('come from the mirror asked for, which must not redirect', async () => {
    const given = await argumentsOf({ installSource: { url: 'http://good.example/debian/' } });
    expect(given).toContain('deb http://good.example/debian/ bookworm main');
    expect(given).toContain('--aptopt=Acquire::http::AllowRedirect "false"');
    expect(given).toContain('--aptopt=Acquire::EnableSrvRecords "false"');
  });

  it('come from nowhere else', async () => {
    const spec = { installSource: { mirror: 'http://bad.example/debian' } };
    await expect(argumentsOf(spec)).rejects.toThrow('installSource cannot be used');
  });

  it('have no security updates where there are none', async () => {
    const planned = plan({ installSource: { suite: 'sid' } });
    const given = bootstrapArguments(planned, await archiveOf(planned, archives, bench));
    expect(given.at(-1)).toBe('deb http://mirror.example/debian sid main');
  });
});
