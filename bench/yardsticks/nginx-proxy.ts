import type { Lifetime, Running } from '../processes/lifetime.ts';
import { nginxConfig, startNginx } from '../processes/nginx.ts';
import { freePort } from '../processes/ports.ts';

function config(folder: string, port: number, behind: string): string {
  return nginxConfig(
    folder,
    `
  upstream behind {
    server ${new URL(behind).host};
    keepalive 256;
    keepalive_requests 1000000000;
  }
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  client_max_body_size 0;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://behind; }
    # image data: nothing on disk, buffers large enough not to be the limit
    location ~ /file$ {
      proxy_pass http://behind;
      proxy_request_buffering off;
      proxy_buffering off;
      client_body_buffer_size 512k;
      proxy_buffer_size 256k;
      proxy_buffers 4 256k;
      proxy_busy_buffers_size 256k;
    }
  }`,
  );
}

/** Starts nginx as a reverse proxy that translates nothing. */
export async function startNginxProxy(
  lifetime: Lifetime,
  behind: string,
): Promise<Running & { url: string }> {
  const folder = lifetime.folder('nginx-proxy');
  const port = await freePort();
  const running = await startNginx(lifetime, folder, config(folder, port, behind), port, 'server');
  return { ...running, url: `http://127.0.0.1:${port}` };
}
