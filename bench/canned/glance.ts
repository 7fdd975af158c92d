import { createReadStream, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifetime } from '../processes/lifetime.ts';
import { nginxConfig, startNginx } from '../processes/nginx.ts';
import { freePort } from '../processes/ports.ts';
import {
  type DocumentName,
  dataIds,
  documents,
  fewImages,
  fewToken,
  image,
  imageId,
  page,
  smallBytes,
  warmBytes,
} from './documents.ts';

const lists = (Object.entries(documents) as [DocumentName, number][]).filter(
  ([name, count]) => count > 0 && name !== 'few.json',
);

/** A file of zeros that takes no room on disk. */
function sparseFile(path: string, bytes: number): void {
  writeFileSync(path, '');
  truncateSync(path, bytes);
}

function writeFiles(root: string, dataBytes: number): void {
  mkdirSync(root);
  const write = (name: string, content: unknown) =>
    writeFileSync(join(root, name), JSON.stringify(content));
  write('image.json', image(0, dataBytes));
  for (const [name, count] of lists) write(name, page(count, dataBytes));
  write('list-0.json', page(0, dataBytes));
  write('few.json', page(fewImages, dataBytes, false));
  write('versions.json', { versions: [] });
  writeFileSync(join(root, 'nothing'), '');
  sparseFile(join(root, 'data'), dataBytes);
  sparseFile(join(root, 'warm'), warmBytes);
  sparseFile(join(root, 'small'), smallBytes);
}

/** nginx reads parameters up to 4096 bytes. */
const longestParameter = 4000;

/** Answers with a document that is another one each time, as if an image in it had changed. */
function everChanging(document: unknown): string {
  const text = JSON.stringify(document).replace('weekly build', 'build $request_id');
  const pieces = text.match(new RegExp(`.{1,${longestParameter}}`, 'g')) ?? [];
  const names = pieces.map((_, n) => `$piece${n}`);
  const sets = pieces.map((piece, n) => `set ${names[n]} '${piece}';`);
  return `${sets.join('\n')}\nreturn 200 "${names.join('')}";`;
}

function everChangingServer(port: number, dataBytes: number): string {
  const pages: [string, Record<string, unknown>][] = [
    ...lists.map(([name, count]): [string, Record<string, unknown>] => [
      name,
      page(count, dataBytes),
    ]),
    ['few.json', page(fewImages, dataBytes, false)],
    ['list-0.json', page(0, dataBytes)],
  ];
  const documents = pages.map(
    ([name, document]) => `location = /${name} { internal; ${everChanging(document)} }`,
  );
  return `
  server {
    listen 127.0.0.1:${port};
    default_type application/json;
    add_header X-Openstack-Request-Id $request_id;
    location = /versions { return 200 '{"versions":[]}'; }
    location = /v2/images { rewrite ^ $seen last; }
    location /v2/images/ { ${everChanging(image(0, dataBytes))} }
    ${documents.join('\n')}
  }`;
}

function config(folder: string, port: number, changing: string): string {
  const byLimit = lists.map(([name, count]) => `    ${count} /${name};`).join('\n');
  const ends = lists.map(([, count]) => `    "${imageId(count - 1)}" /list-0.json;`).join('\n');
  return nginxConfig(
    folder,
    `
  sendfile on;
  tcp_nopush on;
  open_file_cache max=100 inactive=1h;
  open_file_cache_valid 1h;
  etag off;
  map $arg_limit $page {
    default /list-25.json;
${byLimit}
  }
  # after the last image of a page there is nothing more
  map $arg_marker $list {
    default $page;
${ends}
  }
  map $http_x_auth_token $seen {
    default $list;
    ${fewToken} /few.json;
  }
  server {
    listen 127.0.0.1:${port};
    root ${join(folder, 'root')};
    default_type application/json;
    add_header X-Openstack-Request-Id req-6f0b1c1e-3d0f-4b3e-9d5a-0c2f8f7b1a11;
    location = /versions { try_files /versions.json =404; }
    location = /v2/images { rewrite ^ $seen last; }
    location ~ ^/(?:list-\\d+|few)\\.json$ { internal; }
    location /v2/images/ { try_files /image.json =404; }
    location = /v2/images/${dataIds.length}/file {
      default_type application/octet-stream;
      try_files /data =404;
    }
    location = /v2/images/${dataIds.warm}/file {
      default_type application/octet-stream;
      try_files /warm =404;
    }
    location = /v2/images/${dataIds.small}/file {
      default_type application/octet-stream;
      try_files /small =404;
    }
    # something added behind leaves the length open, and so makes nginx send chunks
    location = /v2/images/${dataIds.chunked}/file {
      default_type application/octet-stream;
      add_after_body /nothing;
      addition_types *;
      try_files /data =404;
    }
  }
  ${changing}`,
  );
}

/** Reads a file once: the first transfer is not to wait for the page cache while all others find it filled. */
async function readThrough(path: string): Promise<void> {
  for await (const _ of createReadStream(path, { highWaterMark: 1024 ** 2 }));
}

/** URLs of one Image service of canned answers. */
export interface CannedGlance {
  /** What it says to a request is always the same. */
  readonly same: string;
  /** No two answers are the same. */
  readonly changing: string;
}

/** Starts an Image service of canned answers: nginx, one worker. */
export async function startCannedGlance(
  lifetime: Lifetime,
  dataBytes: number,
): Promise<CannedGlance> {
  const folder = lifetime.folder('canned');
  writeFiles(join(folder, 'root'), dataBytes);
  await readThrough(join(folder, 'root', 'data'));
  const [port, changingPort] = [await freePort(), await freePort()];
  const changing = everChangingServer(changingPort, dataBytes);
  await startNginx(lifetime, folder, config(folder, port, changing), port, 'load');
  return { same: `http://127.0.0.1:${port}`, changing: `http://127.0.0.1:${changingPort}` };
}
