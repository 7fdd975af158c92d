import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { rawRequest } from './raw-request.ts';
import { type RunningTarget, sourceFiles } from './target.ts';

export const tokens = { admin: 'admin-token', demo: 'demo-token', alt: 'alt-token' } as const;
export const projects = {
  admin: '0a000000000000000000000000000001',
  demo: '0d000000000000000000000000000002',
  alt: '0e000000000000000000000000000003',
} as const;

/** Serves the source files, and redirects that lead to them. */
export function startSource(): Promise<{ url: string; port: number; stop: () => void }> {
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path.startsWith('/moved')) {
      response.writeHead(302, { location: path.slice('/moved'.length) || '/moved' }).end();
      return;
    }
    const text = sourceFiles[path.replace(/^\/chunked/, '')];
    if (text === undefined) {
      response.writeHead(404).end('no such file');
      return;
    }
    if (!path.startsWith('/chunked')) response.setHeader('content-length', text.length);
    response.writeHead(200);
    response.end(request.method === 'HEAD' ? undefined : text);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const stop = () => {
        server.close();
        server.closeAllConnections();
      };
      resolve({ url: `http://127.0.0.1:${port}`, port, stop });
    });
  });
}

/** Takes every image away that an earlier topic has left. */
async function emptyStore(url: string): Promise<void> {
  const headers = { 'x-auth-token': tokens.admin };
  const patchType = 'application/openstack-images-v2.1-json-patch';
  const unprotect = '[{"op":"replace","path":"/protected","value":false}]';
  for (const hidden of ['false', 'true']) {
    const query = `visibility=all&os_hidden=${hidden}&limit=1000`;
    const answer = await fetch(`${url}/v2/images?${query}`, { headers });
    const { images } = (await answer.json()) as { images: { id: string; protected: boolean }[] };
    for (const image of images) {
      const path = `${url}/v2/images/${image.id}`;
      if (image.protected) {
        const patched = { ...headers, 'content-type': patchType };
        await fetch(path, { method: 'PATCH', headers: patched, body: unprotect });
      }
      await fetch(path, { method: 'DELETE', headers });
    }
  }
}

/**
 * A gateway on Node with settings of its own. `remote`: another gateway with an embedded Image service stands behind
 * it, and is as good as a Glance for it. `real`: the settings name one.
 */
export function nodeTarget(
  kind: 'embedded' | 'remote' | 'real',
  settings: Readonly<Record<string, unknown>> = {},
): RunningTarget {
  const running: { front?: TestGateway; back?: TestGateway; source?: string } = {};
  const stops: (() => void | Promise<void>)[] = [];
  return {
    tokens,
    projects,
    isExact: kind !== 'real',
    seesDots: true,
    knowsRoles: kind === 'embedded',
    base: () => running.front?.url ?? '',
    source: () => running.source ?? '',
    fetch: (asked) => rawRequest(running.front?.url ?? '', asked),
    start: async () => {
      const source = await startSource();
      running.source = source.url;
      const imports = {
        importAllowedHosts: ['127.0.0.1'],
        importAllowedPorts: String(source.port),
      };
      let glanceUrl: string | undefined;
      if (kind === 'remote') {
        running.back = await startTestGateway(imports);
        glanceUrl = running.back.url;
      }
      running.front = await startTestGateway({
        ...imports,
        ...(glanceUrl !== undefined && { glanceUrl }),
        ...settings,
      });
      if (kind === 'real') await emptyStore(running.front.url);
      stops.push(running.front.stop, async () => running.back?.stop(), source.stop);
    },
    stop: async () => {
      for (const stop of stops) await stop();
    },
  };
}
