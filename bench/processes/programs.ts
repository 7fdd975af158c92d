import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Lifetime } from './lifetime.ts';

/** The bench's own programs that run as processes. */
export interface Programs {
  readonly barePipe: string;
  readonly sink: string;
  readonly transferClient: string;
}

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Makes plain JavaScript of the bench's programs: a loader would count in their time and memory. */
export async function buildPrograms(lifetime: Lifetime): Promise<Programs> {
  const outdir = lifetime.folder('programs');
  await build({
    entryPoints: {
      'bare-pipe': source('../yardsticks/bare-pipe.ts'),
      sink: source('../canned/sink.ts'),
      'transfer-client': source('../transfer/client.ts'),
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return {
    barePipe: join(outdir, 'bare-pipe.mjs'),
    sink: join(outdir, 'sink.mjs'),
    transferClient: join(outdir, 'transfer-client.mjs'),
  };
}
