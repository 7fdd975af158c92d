import { Hono } from 'hono';
import { timingSafeEqual } from 'hono/utils/buffer';
import { metricsType } from './metrics.ts';

/**
 * For operators: `/healthz` (do not restart me), `/readyz` (send me traffic), `/metrics`. Where there is a token, only its
 * bearer is told, and to anybody else there is nothing.
 */
export function createAdmin(
  ready: () => boolean | Promise<boolean>,
  metrics: () => string | Promise<string>,
  token: string | undefined,
): Hono {
  const admin = new Hono();
  // no other path is worth a comparison
  admin.on('GET', ['/healthz', '/readyz', '/metrics'], async (c, next) => {
    // the scheme's case says nothing (RFC 9110, 11.1)
    const given = c.req.header('authorization')?.replace(/^bearer +/i, 'Bearer ') ?? '';
    if (token !== undefined && !(await timingSafeEqual(given, `Bearer ${token}`)))
      return c.notFound();
    c.header('Cache-Control', 'no-store');
    return next();
  });
  admin.get('/healthz', (c) => c.text('ok\n'));
  admin.get('/readyz', async (c) =>
    (await ready()) ? c.text('ready\n') : c.text('not ready\n', 503),
  );
  admin.get('/metrics', async (c) => c.body(await metrics(), 200, { 'Content-Type': metricsType }));
  return admin;
}
