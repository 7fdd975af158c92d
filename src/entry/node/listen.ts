import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Opens a listener; answers its URL. Rejects when the port is taken. */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const bound = server.address() as AddressInfo;
      const name = host.includes(':') ? `[${host}]` : host;
      resolve(`http://${name}:${bound.port}`);
    });
  });
}
