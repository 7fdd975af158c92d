import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CannedGlance, startCannedGlance } from './canned/glance.ts';
import type { Options } from './options.ts';
import { Lifetime } from './processes/lifetime.ts';
import { firstAnswer, freePort } from './processes/ports.ts';
import { buildPrograms, type Programs } from './processes/programs.ts';

/** What all measurements of a run share. */
export interface Bench {
  readonly options: Options;
  readonly lifetime: Lifetime;
  readonly programs: Programs;
  /** The gateway's bundle, as built at the start of the run. */
  readonly gateway: string;
  /** The canned Image service. */
  readonly glance: CannedGlance;
  /** URL of the Image service that takes uploads. */
  readonly sink: string;
}

/** Starts what stands behind every server that is measured. */
export async function openBench(options: Options): Promise<Bench> {
  const lifetime = new Lifetime();
  const programs = await buildPrograms(lifetime);
  const glance = await startCannedGlance(lifetime, options.dataBytes);
  const port = await freePort();
  const running = lifetime.start({
    side: 'load',
    command: [process.execPath, programs.sink, String(port)],
  });
  const sink = `http://127.0.0.1:${port}`;
  await firstAnswer(`${sink}/received`, 'GET', running.isAlive);
  // a copy: a build in the meantime must not change what is measured
  const gateway = join(lifetime.folder('gateway'), 'polyglance.mjs');
  copyFileSync(fileURLToPath(new URL('../dist/polyglance.js', import.meta.url)), gateway);
  return { options, lifetime, programs, gateway, glance, sink };
}
