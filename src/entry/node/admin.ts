import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Config } from '../../config/schema.ts';
import { listen } from './listen.ts';

/** The admin listener while it is open. */
export interface OpenAdmin {
  readonly address: string;
  /** Ends it at once. */
  readonly close: () => void;
}

/** Opens the admin listener. It serves no images, and no other listener serves what is here. */
export async function openAdmin(admin: Hono, { host, adminPort }: Config): Promise<OpenAdmin> {
  const server: Server = createServer(getRequestListener(admin.fetch));
  return {
    address: await listen(server, host, adminPort),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
