import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { createMetrics } from '../../edge/metrics.ts';
import type { Readiness } from '../../edge/readiness.ts';

/** The admin listener: `/healthz` (do not restart me), `/readyz` (send me traffic), `/metrics`. Never on a public listener. */
export function createAdminServer(
  readiness: Readiness,
  metrics: ReturnType<typeof createMetrics>,
): Server {
  const admin = new Hono();
  admin.get('/healthz', (c) => c.text('ok\n'));
  admin.get('/readyz', (c) => (readiness.ready() ? c.text('ready\n') : c.text('not ready\n', 503)));
  admin.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
  return createServer(getRequestListener(admin.fetch));
}
