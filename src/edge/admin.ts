import { timingSafeEqual } from 'hono/utils/buffer';
import type { Exchange } from '../core/exchange.ts';
import { type Fault, fault } from '../core/fault.ts';
import type { Reply } from '../core/reply.ts';
import { type Metrics, metricsType } from './metrics.ts';

/** Answers operators: a reply, a fault to whoever is none, `undefined` for a path that is not theirs. */
export type Admin = (exchange: Exchange) => Promise<Reply | Fault | undefined>;

const plain = 'text/plain; charset=UTF-8';

const reply = (status: number, body: string, type = plain): Reply => ({
  status,
  headers: [
    ['Content-Type', type],
    ['Cache-Control', 'no-store'],
  ],
  body,
});

/**
 * `/healthz` (do not restart me), `/readyz` (send me traffic), `/metrics`. Where there is a token, only its bearer is
 * told, and to anybody else there is nothing.
 */
export function createAdmin(
  ready: () => boolean | Promise<boolean>,
  metrics: Metrics,
  token: string | undefined,
): Admin {
  const answers = new Map<string, () => Promise<Reply>>([
    ['/healthz', async () => reply(200, 'ok\n')],
    ['/readyz', async () => ((await ready()) ? reply(200, 'ready\n') : reply(503, 'not ready\n'))],
    ['/metrics', async () => reply(200, metrics.text(), metricsType)],
  ]);
  const bears = async (exchange: Exchange): Promise<boolean> =>
    token === undefined ||
    timingSafeEqual(exchange.header('authorization') ?? '', `Bearer ${token}`);
  return async (exchange) => {
    const answer = answers.get(exchange.target.split('?', 1)[0] ?? '');
    if (!answer) return undefined;
    const asked = exchange.method === 'GET' || exchange.method === 'HEAD';
    return asked && (await bears(exchange))
      ? answer()
      : fault('not-found', undefined, { unrouted: true });
  };
}
