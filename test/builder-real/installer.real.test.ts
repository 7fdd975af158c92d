import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailure, type BuildSite } from '../../src/builder/backend.ts';
import { createInstaller } from '../../src/builder/backends/installer/index.ts';
import { extendInitrd } from '../../src/builder/backends/installer/initrd.ts';
import { knownInstallers } from '../../src/builder/backends/installer/installers.ts';
import { defaultScript, detectSystem } from '../../src/builder/backends/installer/libosinfo.ts';
import { finishedMark, scriptFiles } from '../../src/builder/backends/installer/script.ts';
import { watchInstaller } from '../../src/builder/backends/installer/watch.ts';
import { runGuest } from '../../src/builder/machine/guest.ts';
import { run } from '../../src/builder/machine/program.ts';
import { type Sources, sourceFilter } from '../../src/builder/sources.ts';
import { publicLookup } from '../../src/platform/node/public-lookup.ts';
import { standIn } from '../builder/installer/programs.ts';

const folders: string[] = [];
let site: BuildSite;
let log: string[];

beforeEach(async () => {
  // below a folder that nobody else can enter
  const folder = await mkdtemp(join(tmpdir(), 'installer-'));
  folders.push(folder);
  log = [];
  await mkdir(join(folder, 'build'));
  site = {
    folder: join(folder, 'build'),
    signal: AbortSignal.timeout(550_000),
    progress: () => undefined,
    locate: () => undefined,
    log: (line) => log.push(line),
  };
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A volume descriptor of an ISO 9660 image. */
function descriptor(type: number, fields: readonly [at: number, text: string][]): Buffer {
  const sector = Buffer.alloc(2048);
  sector.write('\0CD001\x01', 'latin1');
  sector[0] = type;
  for (const [at, text] of fields) sector.write(text, at, 'latin1');
  return sector;
}

const medium = (volume: string): Buffer => {
  const primary = descriptor(1, [
    [8, ' '.repeat(32)],
    [40, volume.padEnd(32)],
    [318, ' '.repeat(384)],
  ]);
  primary.writeUInt16LE(2048, 128);
  primary.writeUInt16BE(2048, 130);
  const boot = descriptor(0, [[7, 'EL TORITO SPECIFICATION']]);
  return Buffer.concat([Buffer.alloc(16 * 2048), primary, boot, descriptor(255, [])]);
};

const offering = (data: Buffer): Sources => ({
  filter: sourceFilter(['http://mirror.internal/']),
  publicLookup,
  open: async () => ({ body: Readable.from([data]), length: data.length }),
});

describe('with libosinfo', () => {
  it('there is a script for Debian 12', async () => {
    const script = await defaultScript('debian12', site);
    expect(script).toContain('d-i partman-auto/disk string /dev/vda');
    expect(script).toContain('d-i partman/confirm boolean true');
  });

  it('there is none for a system without one', async () => {
    await expect(defaultScript('cirros0.5.2', site)).rejects.toThrow(BuildFailure);
  });

  it('a medium tells what it is', async () => {
    const source = { iso: 'http://mirror.internal/debian.iso' };
    const found = await detectSystem(source, offering(medium('Debian 11.0.0 amd64 n')), site);
    expect(found).toEqual({ osName: 'Debian', osVersion: '11', osArch: 'x86_64' });
  });

  it('a medium of an unknown system tells nothing', async () => {
    const source = { iso: 'http://mirror.internal/x.iso' };
    expect(await detectSystem(source, offering(medium('X')), site)).toBeUndefined();
  });

  it('a tree tells what it is', async () => {
    const info = '[general]\nfamily = Fedora\nvariant = Server\nversion = 37\narch = x86_64\n';
    const source = { url: 'http://mirror.internal/fedora/' };
    const found = await detectSystem(source, offering(Buffer.from(info)), site);
    expect(found).toEqual({ osName: 'Fedora Server', osVersion: '37', osArch: 'x86_64' });
  });
});

describe("Debian's installer", () => {
  it("ends with a system without another's keys, and says so", async () => {
    const [debian] = knownInstallers({});
    if (!debian) throw new Error('no installer');
    const packages = new URL('http://mirror.internal/');
    // stands in for the installer: a system just installed, and what the installer runs at its end
    const text = `#!/bin/sh
mount -t devtmpfs dev /dev
mkdir -p /target/etc/apt /target/etc/ssh
echo 'Acquire::http::Proxy "http://10.0.2.100:3128";' > /target/etc/apt/apt.conf
echo 0123 > /target/etc/machine-id
touch /target/etc/ssh/ssh_host_rsa_key /target/etc/ssh/sshd_config
printf 'Finishing  ... 95%%'
for step in /usr/lib/finish-install.d/9*polyglance; do $step; done
echo "left: $(cd /target/etc; find . -type f -exec wc -c {} + | sort | tr -s '\\n ' ' ')"
poweroff -f
`;
    const files = [
      ...scriptFiles(debian, { text: '', isDefault: false, packages }),
      { name: 'probe', text, mode: 0o755 },
    ];
    const initrd = join(site.folder, 'initrd');
    await extendInitrd(join(debian.folder, 'initrd.gz'), initrd, files);
    const watch = watchInstaller(600_000, site);
    await runGuest({
      folder: site.folder,
      accelerator: 'tcg',
      memory: 512,
      disks: [],
      kernel: {
        file: join(debian.folder, 'linux'),
        initrd,
        command: 'rdinit=/probe console=ttyS0 quiet',
      },
      network: 'none',
      line: (line) => {
        log.push(line);
        watch.line(line);
      },
      signal: site.signal,
    });
    watch.end();
    expect(watch.finished()).toBe(true);
    const left = log.find((line) => line.startsWith('left: '));
    expect(left).toMatch(/ 0 \.\/apt\/apt\.conf /);
    expect(left).toMatch(/ 0 \.\/machine-id /);
    expect(left).toContain('sshd_config');
    expect(left).toContain('ssh.service.d/host-keys.conf');
    expect(left).not.toContain('rsa_key');
  }, 240_000);

  it('hands over what is on its disk, and no file that a forged header names', async () => {
    const base = join(site.folder, '..');
    const bench = { cwd: base, signal: site.signal };
    // QEMU's stand-in is in there
    await chmod(base, 0o711);
    await writeFile(join(base, 'secret'), 'very-secret'.padEnd(1024 ** 2, 'x'));
    await run('qemu-img', ['create', '-f', 'qcow2', '-b', 'secret', '-F', 'raw', 'forged'], bench);
    await chmod(join(base, 'forged'), 0o644);
    await standIn(join(base, 'bin'), {
      'qemu-system-x86_64': `cat ../forged > disk.raw; echo '${finishedMark}'`,
    });
    await writeFile(join(base, 'bin/calls'), '');
    await chmod(join(base, 'bin/calls'), 0o666);
    const path = process.env['PATH'];
    process.env['PATH'] = `${join(base, 'bin')}:${path}`;
    try {
      const backend = createInstaller({
        installers: {},
        mirror: 'http://mirror.internal/debian',
        sources: offering(Buffer.alloc(0)),
        accelerator: async () => 'tcg',
        memory: 256,
        disk: 1024 ** 3,
      });
      const spec = { osName: 'debian12', installScript: 'd-i x/y string z\n' };
      await backend.build({ id: 'i', name: 'n', project: 'p', spec }, site);
    } finally {
      process.env['PATH'] = path;
    }
    const image = join(site.folder, 'image.qcow2');
    await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', image, 'found'], bench);
    const [forged, found] = await Promise.all(
      ['forged', 'found'].map((name) => readFile(join(base, name))),
    );
    expect(found?.subarray(0, forged?.length)).toEqual(forged);
  });

  it('starts, reaches its mirror through the proxy, and is heard when it asks', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
    const backend = createInstaller({
      installers: {},
      mirror,
      sources: offering(Buffer.alloc(0)),
      accelerator: async () => 'tcg',
      memory: 1024,
      disk: 4 * 1024 ** 3,
    });
    const spec = { osName: 'Debian', osVersion: '12' };
    const order = { id: 'i', name: 'n', project: 'p', spec };
    await expect(backend.build(order, site)).rejects.toThrow(
      /^The installer waits for an answer: .+\(The mirror does not have Release\.\)$/,
    );
    server.close();
    expect(asked).toContain('/debian/dists/bookworm/Release');
  }, 600_000);
});
