import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Server } from 'node:net';
import { basename, dirname } from 'node:path';

/** Where a proxy is met: at the path of a Unix socket, or at a port of this machine's loopback. */
export type ProxyDoor = { readonly socket: string } | 'loopback';

/** Where a server is met, and what is let go of when it has closed. */
interface OpenDoor {
  /** The path of its socket, or its URL. */
  readonly address: string;
  readonly release: () => Promise<void>;
}

async function listen(server: Server, where: { path: string } | { host: string; port: number }) {
  server.listen(where);
  await once(server, 'listening');
}

/** Has a server listen at a Unix socket, whose name alone may not be long: the kernel takes 107 bytes of a path. */
async function openSocket(server: Server, socket: string): Promise<OpenDoor> {
  const folder = await open(dirname(socket));
  const release = (): Promise<void> => folder.close();
  try {
    await listen(server, { path: `/proc/self/fd/${folder.fd}/${basename(socket)}` });
  } catch (error) {
    await release();
    throw error;
  }
  // until it closes: it is removed by the name that it was made by
  return { address: socket, release };
}

/** Has a server listen at a door. */
export async function openDoor(server: Server, door: ProxyDoor): Promise<OpenDoor> {
  if (door !== 'loopback') return openSocket(server, door.socket);
  await listen(server, { host: '127.0.0.1', port: 0 });
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('not at a port');
  return { address: `http://${at.address}:${at.port}`, release: async () => undefined };
}
