import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { commandPath } from '../tools.ts';
import type { Lifetime, Running } from './lifetime.ts';
import type { Side } from './pinning.ts';
import { firstAnswer } from './ports.ts';

/** A whole nginx configuration with one worker, all of its files in `folder`, around the given `http` part. */
export function nginxConfig(folder: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${join(folder, name)};`)
    .join('\n');
  // the worker must be able to read what this user has written
  const user = process.getuid?.() === 0 ? `user ${userInfo().username};\n` : '';
  return `${user}daemon off;
worker_processes 1;
pid ${join(folder, 'pid')};
error_log ${join(folder, 'error.log')} error;
events { worker_connections 4096; }
http {
${temporary}
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
${http}
}
`;
}

/** Starts nginx with a configuration that listens on `port`; resolves when it answers. */
export async function startNginx(
  lifetime: Lifetime,
  folder: string,
  config: string,
  port: number,
  side: Side,
): Promise<Running> {
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config);
  const running = lifetime.start({
    side,
    command: [commandPath('nginx'), '-p', folder, '-e', join(folder, 'error.log'), '-c', file],
  });
  try {
    await firstAnswer(`http://127.0.0.1:${port}/versions`, 'GET', running.isAlive);
  } catch (error) {
    throw new Error(`nginx did not start: ${running.said()}`, { cause: error });
  }
  return running;
}
