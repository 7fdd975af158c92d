import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

/** The admin listener. It serves no images, and no other listener serves what is here. */
export const createAdminServer = (admin: Hono): Server =>
  createServer(getRequestListener(admin.fetch));
