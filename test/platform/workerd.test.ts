import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe } from 'vitest';
import { startWorkerd } from '../fixtures/workerd.ts';
import { platformContract } from './contract.ts';

const config = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "probe", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-04-01",
      compatibilityFlags = ["nodejs_compat", "enable_request_signal"],
    )),
    (name = "internet", network = (allow = ["local", "public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "probe")],
);
`;

describe('the platform workerd', () => {
  platformContract(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'polyglance-probe-'));
    await build({
      entryPoints: ['test/platform/probe-worker.ts'],
      outfile: join(folder, 'worker.js'),
      bundle: true,
      format: 'esm',
      external: ['node:*'],
    });
    writeFileSync(join(folder, 'workerd.capnp'), config);
    const { url, stop } = await startWorkerd(join(folder, 'workerd.capnp'));
    return {
      url,
      stop: async () => {
        await stop();
        rmSync(folder, { recursive: true });
      },
    };
  });
});
