import { createServer, type Server } from 'node:http';
import { isFault } from '../../core/fault.ts';
import type { Admin } from '../../edge/admin.ts';
import { type ListenerFacts, NodeExchange } from '../../platform/node/exchange.ts';

const notFound = { status: 404, headers: [], body: '404 Not Found\n' } as const;

/** The admin listener. It serves no images, and no other listener serves what is here. */
export function createAdminServer(admin: Admin, facts: ListenerFacts): Server {
  return createServer((incoming, outgoing) => {
    const exchange = new NodeExchange(incoming, outgoing, facts);
    const answering = async () => {
      const answer = await admin(exchange);
      const found = answer === undefined || isFault(answer) ? notFound : answer;
      exchange.respond(found, () => undefined);
    };
    answering().catch((error: unknown) => {
      facts.report(error);
      outgoing.destroy();
    });
  });
}
