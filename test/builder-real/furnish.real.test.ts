import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { furnish } from '../../src/builder/backends/debian-rootfs/furnish.ts';
import { rootTool } from '../../src/builder/machine/root-tool.ts';

let base = '';
const inTree = (path: string): string => join(base, 'tree', path);

/** As much of a system as its tidying needs. */
const system = `set -eu
mkdir tree
for program in sh cat rm find truncate; do
  file=$(readlink -f "$(command -v $program)")
  cp --parents "$file" $(ldd "$file" | grep -o '/[^ ]*') tree/
  mkdir -p tree/bin && ln -sf "$file" tree/bin/$program
done
units=tree/etc/systemd/system
mkdir -p $units tree/var/log tree/var/lib/apt
printf '[Install]\\nWantedBy=multi-user.target\\n' > $units/systemd-networkd.service
`;

describe('a new system whose links lead out of it', () => {
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'furnish-'));
    const bench = { cwd: base, signal: AbortSignal.timeout(60_000) };
    await rootTool('sh', ['-c', system], bench);
    const outside = join(base, 'outside');
    for (const folder of [outside, inTree(outside)]) await mkdir(folder, { recursive: true });
    for (const name of ['hostname', 'kernel']) await writeFile(join(outside, name), "the host's");
    await writeFile(inTree(`${outside}/kernel`), 'its own');
    await symlink(`${outside}/hostname`, inTree('etc/hostname'));
    await symlink(`${outside}/kernel`, inTree('vmlinuz'));
    await symlink(outside, inTree('var/log/journal'));
    await symlink(outside, inTree('var/lib/apt/lists'));
    await furnish('4f2d', { seeded: false }, bench);
  }, 60_000);
  afterAll(() => rm(base, { recursive: true, force: true }));

  it('is written to, and nothing else', async () => {
    expect(await readFile(inTree('etc/hostname'), 'utf8')).toBe('debian\n');
    expect(await readFile(join(base, 'outside/hostname'), 'utf8')).toBe("the host's");
  });

  it('is tidied up, and nothing else', async () => {
    expect((await readdir(join(base, 'outside'))).sort()).toEqual(['hostname', 'kernel']);
    expect(await readdir(inTree(join(base, 'outside')))).toEqual([]);
    expect(await readFile(inTree('etc/machine-id'), 'utf8')).toBe('');
  });

  it('gives its own kernel', async () => {
    expect(await readFile(join(base, 'kernel'), 'utf8')).toBe('its own');
  });
});
