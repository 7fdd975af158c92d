import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagedInstallers } from '../../mappings/installers.ts';
import { extendInitrd } from '../../src/builder/backends/installer/initrd.ts';
import { proxyAddress, runGuest } from '../../src/builder/machine/guest.ts';
import { startProxy } from '../../src/builder/machine/proxy.ts';
import { sourceFilter } from '../../src/builder/sources.ts';
import { publicLookup } from '../../src/platform/node/public-lookup.ts';

let server: Server;
let port: number;
let base: string;
let lines: string[];

/** Runs in the guest in place of an installer: says which doors are open, and switches itself off. */
const probe = (): string => `#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
modprobe virtio_pci
modprobe virtio_net
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
for door in 10.0.2.2:${port} 10.0.2.3:53 10.0.2.2:22 1.1.1.1:80; do
  if nc -w 5 \${door%:*} \${door#*:} < /dev/null; then echo "open $door"; else echo "closed $door"; fi
done
export http_proxy=http://${proxyAddress.host}:${proxyAddress.port}
for n in 1 2 3; do wget -q -O - http://127.0.0.1:${port}/pool/$n & done
wait
wget -q -O - http://127.0.0.1:${port}/secret || echo refused
wget -q -O - http://10.0.2.2:${port}/pool/1 || echo refused
echo end
poweroff -f
`;

describe('the network of a guest', () => {
  beforeAll(async () => {
    server = createServer((request, response) => response.end(`you got ${request.url}\n`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    base = await mkdtemp(join(tmpdir(), 'guest-'));
    const folder = join(base, 'build');
    await mkdir(folder);
    const [installer] = packagedInstallers;
    const initrd = join(folder, 'initrd');
    const files = [{ name: 'probe', text: probe(), mode: 0o755 }];
    await extendInitrd(join(installer.folder, 'initrd.gz'), initrd, files);
    const proxy = await startProxy({
      listen: { socket: join(folder, 'proxy') },
      filters: [sourceFilter([`http://127.0.0.1:${port}/pool`])],
      publicLookup,
      log: () => undefined,
    });
    lines = [];
    await runGuest({
      folder,
      accelerator: 'tcg',
      memory: 512,
      disks: [],
      kernel: {
        file: join(installer.folder, 'linux'),
        initrd,
        command: 'rdinit=/probe console=ttyS0 net.ifnames=0 quiet',
      },
      network: { proxy: proxy.address },
      line: (text) => lines.push(text),
      signal: AbortSignal.timeout(200_000),
    });
    await proxy.close();
  }, 240_000);
  afterAll(async () => {
    server.close();
    await rm(base, { recursive: true, force: true });
  });

  it('reaches what its proxy allows, over many connections', () => {
    expect(lines.filter((line) => line.startsWith('you got')).sort()).toEqual([
      'you got /pool/1',
      'you got /pool/2',
      'you got /pool/3',
    ]);
    expect(lines.filter((line) => line === 'refused')).toHaveLength(2);
    expect(lines).toContain('end');
  });

  it("does not reach the builder's own machine, name servers or the world", () => {
    expect(lines.filter((line) => /^(?:open|closed) /.test(line))).toEqual([
      `closed 10.0.2.2:${port}`,
      'closed 10.0.2.3:53',
      'closed 10.0.2.2:22',
      'closed 1.1.1.1:80',
    ]);
  });
});
