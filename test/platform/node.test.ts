import type { AddressInfo } from 'node:net';
import { describe } from 'vitest';
import { defaultImportFilter } from '../../src/core/import-filter.ts';
import { dialects } from '../../src/dialects/index.ts';
import { createNodePlatform } from '../../src/platform/node/platform.ts';
import { createGatewayServer } from '../../src/platform/node/server.ts';
import { platformContract } from './contract.ts';
import { createProbe } from './probe.ts';
import { timeouts } from './timeouts.ts';

describe('the platform Node', () => {
  platformContract(async () => {
    const platform = createNodePlatform({
      importFilter: { ...defaultImportFilter, hosts: ['127.0.0.1'], ports: [] },
      timeouts,
    });
    const stop = new AbortController();
    const facts = {
      listener: undefined,
      scheme: 'http',
      background: (work: (stop: AbortSignal) => Promise<unknown>) => void work(stop.signal),
      report: (error: unknown) => console.error(error),
    } as const;
    const limits = { headerBytes: 65_536, headersTimeout: 5_000, idle: 5_000 };
    const { server, close, closeNow } = createGatewayServer(
      createProbe(platform),
      dialects,
      facts,
      limits,
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      stop: async () => {
        closeNow();
        await close();
      },
    };
  });
});
