import { createServer, get, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDebianRootfs } from '../../src/builder/backends/debian-rootfs/index.ts';
import { sourceFilter } from '../../src/builder/sources.ts';
import { partition, realMirror, realSecurity, tool, useBuildFolders } from './debian.ts';

/** A name that nobody resolves but the builder's own look-up. */
const name = 'packages.invalid';
const inJudgement: LookupFunction = (host, options, callback) => {
  if (host !== name) callback(new Error(`${host} is not known`), []);
  else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

const site = useBuildFolders();
let mirror: Server;
let asked: string[];

beforeAll(async () => {
  asked = [];
  mirror = createServer((request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    get(`${realMirror}${request.url?.replace('/debian', '')}`, (real) => {
      response.writeHead(real.statusCode ?? 502, real.headers);
      real.pipe(response);
    });
  });
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
});
afterAll(() => mirror.close());

describe('Debian from a mirror that an order names', () => {
  it('is fetched where the name was judged to lead, and the image knows nothing of that', async () => {
    const url = `http://${name}:${(mirror.address() as AddressInfo).port}/debian`;
    const backend = createDebianRootfs({
      mirror: 'http://configured.invalid/debian',
      security: realSecurity,
      sources: { filter: { ...sourceFilter([]), ports: [] }, publicLookup: inJudgement },
      accelerator: async () => 'tcg',
      memory: 1024,
      network: false,
    });
    const { folder, log } = await site.build(backend, { installSource: { url } });
    const host = new URL(url).host;
    expect(asked).toContain(`${host}/debian/dists/stable/Release`);
    expect(asked.filter((each) => each.endsWith('.deb')).length).toBeGreaterThan(100);
    expect(log.filter((line) => line.startsWith('refused'))).toEqual([]);
    const inside = (request: string): Promise<string> =>
      tool(folder, 'debugfs', '-R', request, partition);
    expect(await inside('cat /etc/apt/sources.list')).toContain(`deb ${url} `);
    expect(await inside('ls -p /etc/apt/apt.conf.d')).not.toContain('mmdebstrap');
  });
});
