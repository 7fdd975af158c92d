import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** KiB, gzipped. */
const mostSize = 100;
/** Milliseconds of processor time until the module is there; Cloudflare allows 1,000 (400 in former days). */
const mostStartUp = 200;

/** What esbuild says of a bundle, as far as it is used here. */
interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >;
}

/** A package, `mappings`, or a folder of `src`. */
const partOf = (path: string): string =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ??
  /src\/[^/]+|mappings|[^/]*$/.exec(path)?.[0] ??
  path;

/** `part: KiB` before compression, the largest first. */
function partsOf({ outputs }: Metafile): string {
  const sizes = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const part = partOf(path);
      sizes.set(part, (sizes.get(part) ?? 0) + bytesInOutput);
    }
  }
  const sorted = [...sizes].sort(([, a], [, b]) => b - a);
  return sorted.map(([part, bytes]) => `${part}: ${(bytes / 1024).toFixed(1)} KiB`).join('\n');
}

const importAlone = `
const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);`;

describe('the bundle that a deployment sends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polyglance-bundle-'));
  const bundle = join(folder, 'worker.mjs');
  let parts = '';

  beforeAll(() => {
    const command = ['wrangler', 'deploy', '--dry-run', '--metafile', '--outdir', folder];
    execFileSync('npx', command, { stdio: 'pipe' });
    renameSync(join(folder, 'worker.js'), bundle);
    parts = partsOf(JSON.parse(readFileSync(join(folder, 'bundle-meta.json'), 'utf8')));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it(`is at most ${mostSize} KiB, gzipped`, () => {
    const size = gzipSync(readFileSync(bundle)).length / 1024;
    expect(size, `${size.toFixed(1)} KiB gzipped; before that\n${parts}`).toBeLessThan(mostSize);
  });

  it('holds nothing of what only Node needs', () => {
    expect(parts).toMatch(/^src\/embedded/m);
    expect(parts).not.toMatch(/^(?:undici|http-proxy|yaml|@hono\/node-server)/m);
  });

  it(`is started within ${mostStartUp} ms of processor time`, () => {
    const node = ['--input-type=module', '--eval', importAlone, bundle];
    expect(Number(execFileSync(process.execPath, node))).toBeLessThan(mostStartUp);
  });
});
